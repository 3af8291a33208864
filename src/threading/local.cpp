// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/local.hpp"

#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "os/mutex.hpp"
#include "wait/fork.hpp"
#include "wait/place.hpp"
#include "wait/waiter.hpp"

namespace weft::detail {

// A value belongs to two: its thread, which finds it here without a lock, and
// its Local. Whoever ends first drops it.
struct LocalTable::Body {
  struct Value {
    std::shared_ptr<Body> table;
    std::uint32_t owner = 0;  // the id of its thread
    void* what = nullptr;     // nullptr: its Local has ended
  };

  explicit Body(Drop d) : drop(d) {}

  const Drop drop;
  std::unordered_set<Value*> values;
  bool closed = false;
};

namespace {

using Body = LocalTable::Body;

// Guards what a thread and a Local both may change: Body, and Value::what. One
// for all, so that fork() can take it: the child finds no set half changed. Taken
// once in the life of a value at either end, never to find it.
constinit os::Mutex mutex;

void watch_forks() noexcept {
  static constinit wait::ForkHandler handler{[]() noexcept { mutex.lock(); }, []() noexcept { mutex.unlock(); },
                                             []() noexcept { mutex.unlock(); }};
  static const bool once = (wait::on_fork(handler), true);
  static_cast<void>(once);
}

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

  void add(const std::shared_ptr<Body>& table, std::uint32_t owner, void* what) {
    if (values_.size() >= sweep_at_) sweep();
    Body::Value& value = values_[table.get()];
    value = {table, owner, what};
    std::scoped_lock held(mutex);
    table->values.insert(&value);
  }

 private:
  using Map = std::unordered_map<const Body*, Body::Value>;

  void drop(Map::iterator at) {
    std::shared_ptr<Body> table = at->second.table;
    void* what = nullptr;
    {
      std::scoped_lock held(mutex);
      if (table->values.erase(&at->second) != 0) what = at->second.what;
    }
    values_.erase(at);
    if (what != nullptr) table->drop(what);
  }

  // Forgets the values of Locals that have ended.
  void sweep() {
    std::scoped_lock held(mutex);
    std::erase_if(values_, [](const auto& entry) { return entry.second.table->closed; });
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

LocalTable::LocalTable(Drop drop) : body_(std::make_shared<Body>(drop)) { watch_forks(); }

LocalTable::~LocalTable() {
  std::vector<void*> dropped;
  {
    std::scoped_lock held(mutex);
    body_->closed = true;
    for (Body::Value* value : body_->values) {
      // A thread that fork() left behind may have been in the middle of changing it.
      if (wait::InProcess::lost(value->owner)) continue;
      dropped.push_back(std::exchange(value->what, nullptr));
    }
    body_->values.clear();
  }
  for (void* what : dropped) body_->drop(what);
}

void* LocalTable::get(Make make, void* context) {
  wait::Waiter& me = wait::self();
  Values& mine = values_of(me);
  if (void* found = mine.find(body_.get())) return found;
  void* made = make(context);
  mine.add(body_, me.id(), made);
  return made;
}

}  // namespace weft::detail
