// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
// The loop of workload.hpp; in Rust a guard stands for lock and unlock.

#[path = "../measure.rs"]
mod measure;
use measure::*;

fn main() {
    let asked = Asked::new();
    if asked.column != "level" {
        not_offered();
    }
    let lock = Alone(parking_lot::ReentrantMutex::new(()));
    let n = asked.times(2e6);
    let took = together(1, |_| {
        for _ in 0..n {
            let outer = lock.0.lock();
            let inner = lock.0.lock();
            drop(inner);
            drop(outer);
        }
    });
    print(took / (2.0 * n as f64));
}
