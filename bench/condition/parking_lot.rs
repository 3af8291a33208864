// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
mod workload;

struct Game {
    turn: parking_lot::Mutex<usize>,
    changed: parking_lot::Condvar,
}

impl workload::Game for Game {
    fn play(&self, me: usize) {
        let mut turn = self.turn.lock();
        while *turn != me {
            self.changed.wait(&mut turn);
        }
        *turn = 1 - me;
        self.changed.notify_one();
    }
}

fn main() {
    workload::condition_main(|| Game { turn: parking_lot::Mutex::new(0), changed: parking_lot::Condvar::new() });
}
