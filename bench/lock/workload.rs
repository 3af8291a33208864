// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
// The loop of workload.hpp, for Rust.

#[path = "../measure.rs"]
mod measure;
use measure::*;

/// A lock around a counter.
pub trait Lock: Sync {
    fn increment(&self);
}

pub fn lock_main(lock: impl Lock) {
    let asked = Asked::new();
    let shared = Alone(lock);
    let turn = || shared.0.increment();
    match asked.column.as_str() {
        "uncontended" => {
            let n = asked.times(5e6);
            let took = together(1, |_| {
                for _ in 0..n {
                    turn();
                }
            });
            print(took / n as f64)
        }
        "2_tight" => print_rate(repeat(2, asked.ms(150.0), turn)),
        "8_tight" => print_rate(repeat(8, asked.ms(150.0), turn)),
        "2_outside" => print_rate(repeat(2, asked.ms(150.0), || {
            turn();
            outside();
        })),
        _ => not_offered(),
    }
}
