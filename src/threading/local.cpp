// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/local.hpp"

#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "wait/waiter.hpp"
#include "weft/threading/lock.hpp"

namespace weft::detail {

// A value belongs to two: its thread, which finds it here without a lock, and
// its Local. Whoever ends first drops it, under the Local's lock.
struct LocalTable::Body {
  struct Value {
    std::shared_ptr<Body> table;
    void* what = nullptr;  // nullptr: its Local has ended
  };

  explicit Body(Drop d) : drop(d) {}

  const Drop drop;
  threading::Lock lock;
  std::unordered_set<Value*> values;
  bool closed = false;
};

namespace {

using Body = LocalTable::Body;

// What one thread or green thread has, by the table that it belongs to.
class Values {
 public:
  ~Values() {
    // A value that is destroyed may ask for another one.
    while (!values_.empty()) drop(values_.begin());
  }

  void* find(const Body* table) const {
    auto found = values_.find(table);
    return found == values_.end() ? nullptr : found->second.what;
  }

  void add(const std::shared_ptr<Body>& table, void* what) {
    if (values_.size() >= sweep_at_) sweep();
    Body::Value& value = values_[table.get()];
    value = {table, what};
    std::scoped_lock held(table->lock);
    table->values.insert(&value);
  }

 private:
  using Map = std::unordered_map<const Body*, Body::Value>;

  void drop(Map::iterator at) {
    std::shared_ptr<Body> table = at->second.table;
    void* what = nullptr;
    {
      std::scoped_lock held(table->lock);
      if (table->values.erase(&at->second) != 0) what = at->second.what;
    }
    values_.erase(at);
    if (what != nullptr) table->drop(what);
  }

  // Forgets the values of Locals that have ended.
  void sweep() {
    std::erase_if(values_, [](const auto& entry) {
      std::scoped_lock held(entry.second.table->lock);
      return entry.second.table->closed;
    });
    sweep_at_ = 2 * values_.size() + 16;
  }

  Map values_;
  std::size_t sweep_at_ = 16;
};

Values& values_of(wait::Waiter& waiter) {
  if (waiter.locals == nullptr) {
    waiter.locals = new Values;
    waiter.drop_locals = [](void* values) { delete static_cast<Values*>(values); };
  }
  return *static_cast<Values*>(waiter.locals);
}

}  // namespace

LocalTable::LocalTable(Drop drop) : body_(std::make_shared<Body>(drop)) {}

LocalTable::~LocalTable() {
  std::vector<void*> dropped;
  {
    std::scoped_lock held(body_->lock);
    body_->closed = true;
    for (Body::Value* value : body_->values) dropped.push_back(std::exchange(value->what, nullptr));
    body_->values.clear();
  }
  for (void* what : dropped) body_->drop(what);
}

void* LocalTable::get(Make make, void* context) {
  Values& mine = values_of(wait::self());
  if (void* found = mine.find(body_.get())) return found;
  void* made = make(context);
  mine.add(body_, made);
  return made;
}

}  // namespace weft::detail
