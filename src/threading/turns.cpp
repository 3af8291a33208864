// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/turns.hpp"

#include <vector>

#include "weft/errors.hpp"
#include "weft/threading/lock.hpp"
#include "weft/threading/semaphore.hpp"

namespace weft::threading {

// Whoever is `next` has the turn: one permit is in its semaphore, or has been
// taken from there, by one who then finds out under the lock that the turn is
// still its own. Who has left has permits as well, so that whoever waits for its
// turn gets to know.
struct Turns::Body {
  struct Member {
    Semaphore turn{0};
    bool left = false;
  };

  Lock lock;
  std::vector<std::unique_ptr<Member>> members;
  int next = 0;
  bool taken = false;  // `next` is having its turn

  int after(int member) const {
    int count = static_cast<int>(members.size());
    for (int i = 1; i <= count; ++i) {
      int candidate = (member + i) % count;
      if (!members[static_cast<std::size_t>(candidate)]->left) return candidate;
    }
    return -1;
  }

  void pass() {
    taken = false;
    next = after(next);
    if (next >= 0) members[static_cast<std::size_t>(next)]->turn.release();
  }
};

Turns::Turns(int members) : body_(new Body) {
  if (members < 1) throw ValueError("members must be >= 1");
  for (int i = 0; i < members; ++i) body_->members.push_back(std::make_unique<Body::Member>());
  body_->members[0]->turn.release();
}

Turns::~Turns() = default;

Turns::Turn Turns::take(int member, const Timeout& timeout) {
  if (member < 0 || member >= static_cast<int>(body_->members.size())) throw ValueError("no such member");
  Body::Member& me = *body_->members[static_cast<std::size_t>(member)];
  {
    detail::Held held(body_->lock);
    if (me.left) throw RuntimeError("cannot take a turn after leaving");
  }
  if (!me.turn.acquire(timeout)) return Turn(nullptr);
  detail::Held held(body_->lock);
  if (me.left) throw RuntimeError("cannot take a turn after leaving");
  body_->taken = true;
  return Turn(this);
}

void Turns::pass() {
  detail::Held held(body_->lock);
  body_->pass();
}

void Turns::leave(int member) {
  if (member < 0 || member >= static_cast<int>(body_->members.size())) throw ValueError("no such member");
  detail::Held held(body_->lock);
  Body::Member& me = *body_->members[static_cast<std::size_t>(member)];
  if (std::exchange(me.left, true)) return;
  if (body_->next == member && !body_->taken) body_->pass();  // its turn has come, and it has not taken it
  me.turn.release();                                          // if it waits in take(), it is told there
}

int Turns::next() const noexcept {
  detail::Held held(body_->lock);
  return body_->next;
}

Turns::Turn::~Turn() {
  if (turns_ != nullptr) turns_->pass();
}

}  // namespace weft::threading
