// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
// The loop of workload.hpp, for Rust.

#[path = "../measure.rs"]
mod measure;
use measure::*;

/// A turn flag under a lock, and a condition.
pub trait Game: Sync {
    /// Waits until it is the turn of `me`, gives the turn to the other one, and tells it.
    fn play(&self, me: usize);
}

pub fn condition_main<G: Game>(new: impl Fn() -> G) {
    let asked = Asked::new();
    let (pairs, n) = match asked.column.as_str() {
        "hot" => (1, asked.times(20e3)),
        "oversubscribed" => (2 * std::thread::available_parallelism().unwrap().get(), asked.times(5e3)),
        _ => not_offered(),
    };
    let games: Vec<_> = (0..pairs).map(|_| Alone(new())).collect();
    let took = together(2 * pairs, |player| {
        for _ in 0..n {
            games[player / 2].0.play(player % 2);
        }
    });
    print(took / (n * pairs) as f64);
}
