// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
// The loop of workload.hpp, for Rust's own threads.

#[path = "../measure.rs"]
mod measure;
use measure::*;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Instant;

static RAN: Alone<AtomicUsize> = Alone(AtomicUsize::new(0));

fn body() {
    RAN.0.fetch_add(1, SeqCst);
}

fn main() {
    let asked = Asked::new();
    let begin = Instant::now();
    let mut started = 0;
    match asked.column.as_str() {
        "one" => {
            while started < asked.times(3000.0) {
                std::thread::spawn(body).join().unwrap();
                started += 1;
            }
        }
        "batches" => {
            for _ in 0..asked.times(30.0) {
                let threads: Vec<_> = (0..100).map(|_| std::thread::spawn(body)).collect();
                started += threads.len();
                threads.into_iter().for_each(|thread| thread.join().unwrap());
            }
        }
        _ => not_offered(),
    }
    let took = begin.elapsed().as_nanos() as f64;
    assert_eq!(RAN.0.load(SeqCst), started);
    print(took / started as f64);
}
