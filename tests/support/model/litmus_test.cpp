// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// The memory of the model, by the small programs that tell memory models apart.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "support/model/model.hpp"

namespace weft::model {
namespace {

using std::memory_order;
constexpr memory_order Relaxed = std::memory_order_relaxed, Acquire = std::memory_order_acquire,
                       Release = std::memory_order_release, AcqRel = std::memory_order_acq_rel,
                       SeqCst = std::memory_order_seq_cst;

using Word = Atomic<int>;

// All outcomes of a body that returns one as text, without a bound.
template <class Body>
std::set<std::string> outcomes(const Body& body) {
  std::set<std::string> seen;
  Report report = explore({.preemptions = -1}, [&] { seen.insert(body()); });
  EXPECT_TRUE(report.holds() && report.complete) << report;
  return seen;
}

std::string text(std::initializer_list<int> values) {
  std::string text;
  for (int value : values) text += std::to_string(value);
  return text;
}

bool has(const std::set<std::string>& seen, const char* outcome) { return seen.contains(outcome); }

std::set<std::string> store_buffering(memory_order store, memory_order load) {
  return outcomes([=] {
    Word x = 0, y = 0;
    int a = 0, b = 0;
    together(
        [&] {
          x.store(1, store);
          a = y.load(load);
        },
        [&] {
          y.store(1, store);
          b = x.load(load);
        });
    return text({a, b});
  });
}

TEST(Litmus, StoreBufferingNeedsSeqCst) {
  EXPECT_TRUE(has(store_buffering(Relaxed, Relaxed), "00"));
  EXPECT_TRUE(has(store_buffering(Release, Acquire), "00"));
  EXPECT_TRUE(has(store_buffering(SeqCst, Acquire), "00"));
  EXPECT_EQ(store_buffering(SeqCst, SeqCst), (std::set<std::string>{"01", "10", "11"}));
}

TEST(Litmus, StoreBufferingWithFences) {
  auto with = [](memory_order first, memory_order second) {
    return outcomes([=] {
      Word x = 0, y = 0;
      int a = 0, b = 0;
      together(
          [&] {
            x.store(1, Relaxed);
            fence(first);
            a = y.load(Relaxed);
          },
          [&] {
            y.store(1, Relaxed);
            fence(second);
            b = x.load(Relaxed);
          });
      return text({a, b});
    });
  };
  EXPECT_FALSE(has(with(SeqCst, SeqCst), "00"));
  EXPECT_TRUE(has(with(SeqCst, AcqRel), "00"));
}

TEST(Litmus, StoreBufferingWithAFenceForEveryone) {
  auto with = [](bool fenced) {
    return outcomes([=] {
      Word x = 0, y = 0;
      int a = 0, b = 0;
      together(
          [&] {
            x.store(1, Relaxed);
            a = y.load(Relaxed);
          },
          [&] {
            y.store(1, Relaxed);
            if (fenced) fence_everyone();
            b = x.load(Relaxed);
          });
      return text({a, b});
    });
  };
  EXPECT_EQ(with(true), (std::set<std::string>{"01", "10", "11"}));
  EXPECT_TRUE(has(with(false), "00"));
}

std::set<std::string> message_passing(memory_order store, memory_order load) {
  return outcomes([=] {
    Word data = 0, flag = 0;
    int seen = -1;
    together(
        [&] {
          data.store(1, Relaxed);
          flag.store(1, store);
        },
        [&] {
          if (flag.load(load) == 1) seen = data.load(Relaxed);
        });
    return text({seen});
  });
}

TEST(Litmus, MessagesPassByReleaseAndAcquire) {
  EXPECT_EQ(message_passing(Release, Acquire), (std::set<std::string>{"-1", "1"}));
  EXPECT_TRUE(has(message_passing(Relaxed, Acquire), "0"));
  EXPECT_TRUE(has(message_passing(Release, Relaxed), "0"));
}

TEST(Litmus, MessagesPassByFences) {
  auto with = [](memory_order first, memory_order second) {
    return outcomes([=] {
      Word data = 0, flag = 0;
      int seen = -1;
      together(
          [&] {
            data.store(1, Relaxed);
            fence(first);
            flag.store(1, Relaxed);
          },
          [&] {
            if (flag.load(Relaxed) != 1) return;
            fence(second);
            seen = data.load(Relaxed);
          });
      return text({seen});
    });
  };
  EXPECT_FALSE(has(with(Release, Acquire), "0"));
  EXPECT_TRUE(has(with(Acquire, Acquire), "0"));
  EXPECT_TRUE(has(with(Release, Release), "0"));
}

TEST(Litmus, PlainDataPassesByReleaseAndAcquireOnly) {
  auto with = [](memory_order store, memory_order load) {
    return explore([=] {
      Data<int> data = 0;
      Word flag = 0;
      together(
          [&] {
            data = 1;
            flag.store(1, store);
          },
          [&] {
            if (flag.load(load) == 1) require(data == 1, "the message is there");
          });
    });
  };
  EXPECT_TRUE(with(Release, Acquire).holds());
  EXPECT_EQ(with(Relaxed, Acquire).failure, Failure::Race);
  EXPECT_EQ(with(Release, Relaxed).failure, Failure::Race);
}

// A release store does not tell what its thread does afterwards.
TEST(Litmus, WhatFollowsAReleaseIsNotReleased) {
  Report report = explore([] {
    Data<int> data = 0;
    Word flag = 0;
    together(
        [&] {
          flag.store(1, Release);
          data = 1;
        },
        [&] {
          if (flag.load(Acquire) == 1) data = 2;
        });
  });
  EXPECT_EQ(report.failure, Failure::Race);
}

TEST(Litmus, OneLocationNeverGoesBack) {
  std::set<std::string> seen = outcomes([] {
    Word x = 0;
    int a = 0, b = 0;
    together([&] { x.store(1, Relaxed); }, [&] { x.store(2, Relaxed); },
             [&] {
               a = x.load(Relaxed);
               b = x.load(Relaxed);
             });
    return text({a, b, x.load(Relaxed)});
  });
  EXPECT_FALSE(has(seen, "101") || has(seen, "102") || has(seen, "201") || has(seen, "202"));
  EXPECT_FALSE(has(seen, "121") || has(seen, "212"));
  EXPECT_TRUE(has(seen, "122") && has(seen, "211") && has(seen, "012"));
  EXPECT_FALSE(has(seen, "000"));  // the end is known to the body
}

TEST(Litmus, TwoReadersAgreeOnOneLocation) {
  std::set<std::string> seen = outcomes([] {
    Word x = 0;
    int a = 0, b = 0, c = 0, d = 0;
    together([&] { x.store(1, Relaxed); }, [&] { x.store(2, Relaxed); },
             [&] {
               a = x.load(Relaxed);
               b = x.load(Relaxed);
             },
             [&] {
               c = x.load(Relaxed);
               d = x.load(Relaxed);
             });
    return text({a, b, c, d});
  });
  EXPECT_FALSE(has(seen, "1221"));
  EXPECT_TRUE(has(seen, "1212"));
}

// Independent reads of independent writes: do all see the same order?
TEST(Litmus, IndependentReadersAgreeUnderSeqCstOnly) {
  auto with = [](memory_order store, memory_order load) {
    return outcomes([=] {
      Word x = 0, y = 0;
      int a = 0, b = 0, c = 0, d = 0;
      together([&] { x.store(1, store); }, [&] { y.store(1, store); },
               [&] {
                 a = x.load(load);
                 b = y.load(load);
               },
               [&] {
                 c = y.load(load);
                 d = x.load(load);
               });
      return text({a, b, c, d});
    });
  };
  EXPECT_TRUE(has(with(Release, Acquire), "1010"));
  EXPECT_FALSE(has(with(SeqCst, SeqCst), "1010"));
}

// Two threads write two locations in turn: may each end with the other's first?
TEST(Litmus, TwoPlusTwoWrites) {
  auto with = [](memory_order store) {
    return outcomes([=] {
      Word x = 0, y = 0;
      together(
          [&] {
            x.store(1, store);
            y.store(2, store);
          },
          [&] {
            y.store(1, store);
            x.store(2, store);
          });
      return text({x.load(Relaxed), y.load(Relaxed)});
    });
  };
  EXPECT_TRUE(has(with(Relaxed), "11"));
  EXPECT_TRUE(has(with(Release), "11"));
  EXPECT_FALSE(has(with(SeqCst), "11"));
}

TEST(Litmus, CausesComeBeforeWhatTheyCause) {
  auto with = [](memory_order store, memory_order load) {
    return outcomes([=] {
      Word x = 0, y = 0;
      int a = 0, b = 0, c = 0;
      together([&] { x.store(1, store); },
               [&] {
                 a = x.load(load);
                 if (a == 1) y.store(1, store);
               },
               [&] {
                 b = y.load(load);
                 c = x.load(load);
               });
      return text({a, b, c});
    });
  };
  EXPECT_FALSE(has(with(Release, Acquire), "110"));
  EXPECT_TRUE(has(with(Relaxed, Relaxed), "110"));
}

TEST(Litmus, AReleaseSequenceGoesOnThroughUpdatesOnly) {
  auto with = [](bool update) {
    return explore([=] {
      Data<int> data = 0;
      Word flag = 0;
      together(
          [&] {
            data = 1;
            flag.store(1, Release);
          },
          [&] {
            if (update) {
              flag.fetch_add(2, Relaxed);
            } else if (flag.load(Relaxed) == 1) {
              flag.store(3, Relaxed);
            }
          },
          [&] {
            if (flag.load(Acquire) == 3) require(data == 1, "what the head of the sequence released");
          });
    });
  };
  EXPECT_TRUE(with(true).holds());
  EXPECT_EQ(with(false).failure, Failure::Race);
}

TEST(Litmus, UpdatesLoseNothing) {
  EXPECT_EQ(outcomes([] {
              Word x = 0;
              auto add = [&] { x.fetch_add(1, Relaxed); };
              together(add, add, add);
              return text({x.load(Relaxed)});
            }),
            std::set<std::string>{"3"});
}

TEST(Litmus, OneExchangeOfManyWins) {
  EXPECT_EQ(outcomes([] {
              Word x = 0, winners = 0;
              auto take = [&] {
                int free = 0;
                if (x.compare_exchange_strong(free, 1, Relaxed)) winners.fetch_add(1, Relaxed);
              };
              together(take, take, take);
              return text({winners.load(Relaxed)});
            }),
            std::set<std::string>{"1"});
}

// An update reads the newest there is, but a store that was not released may
// still be on its way and become newer.
TEST(Litmus, AnUpdateMayComeBeforeAStoreThatIsOnItsWay) {
  auto with = [](memory_order store, memory_order load) {
    return outcomes([=] {
      Word x = 0, y = 0;
      int found = -1;
      together(
          [&] {
            x.store(5, Relaxed);
            y.store(1, store);
          },
          [&] {
            if (y.load(load) == 1) found = x.fetch_add(1, Relaxed);
          });
      return text({found, x.load(Relaxed)});
    });
  };
  EXPECT_TRUE(has(with(Relaxed, Relaxed), "05"));
  EXPECT_EQ(with(Release, Acquire), (std::set<std::string>{"-15", "56"}));
}

// What the model leaves out, and its README says so.
TEST(Litmus, LoadsDoNotRunAhead) {
  EXPECT_FALSE(has(outcomes([] {
                     Word x = 0, y = 0;
                     int a = 0, b = 0;
                     together(
                         [&] {
                           a = x.load(Relaxed);
                           y.store(1, Relaxed);
                         },
                         [&] {
                           b = y.load(Relaxed);
                           x.store(1, Relaxed);
                         });
                     return text({a, b});
                   }),
                   "11"));
}

TEST(Litmus, AtomicsOfAllKinds) {
  explore([] {
    int list[3] = {};
    Atomic<int*> pointer = list;
    require(pointer.fetch_add(2) == list && pointer.load() == list + 2, "pointers count elements");
    Atomic<std::uint8_t> byte = 255;
    require(byte.fetch_add(1) == 255 && byte.load() == 0, "small integers wrap round");
    Atomic<std::int64_t> signed_word = -5;
    require(signed_word.fetch_sub(-2) == -5 && signed_word.load() == -3, "signed integers keep their sign");
    Atomic<bool> flag;
    require(!flag.exchange(true) && flag.load(), "flags");
    Atomic<std::uint32_t> bits = 0xf0u;
    bits.fetch_or(0x0fu);
    bits.fetch_and(0x3cu);
    require(bits.fetch_xor(0xffu) == 0x3cu && bits.load() == 0xc3u, "bits");
    int expected = 1;
    Word word = 2;
    require(!word.compare_exchange_weak(expected, 3) && expected == 2, "a failed exchange tells what is there");
    require(word.compare_exchange_weak(expected, 3) && word.load() == 3, "and then it is done");
  });
}

}  // namespace
}  // namespace weft::model
