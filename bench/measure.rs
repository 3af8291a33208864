// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
// What the workloads in Rust share: measure.hpp once more.
#![allow(dead_code)]

use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering::*};
use std::time::{Duration, Instant};

#[repr(align(128))]
pub struct Alone<T>(pub T);

pub fn outside() {
    let mut i = 0u64;
    while i < 100 {
        unsafe { std::arch::asm!("/* {0} */", inout(reg) i, options(nomem, nostack, preserves_flags)) }
        i += 1;
    }
}

pub struct Gate(AtomicIsize);

impl Gate {
    pub fn new(expected: usize) -> Gate {
        Gate(AtomicIsize::new(expected as isize))
    }
    pub fn pass(&self) -> Instant {
        self.0.fetch_sub(1, SeqCst);
        while !self.is_open() {
            std::thread::yield_now();
        }
        Instant::now()
    }
    pub fn is_open(&self) -> bool {
        self.0.load(SeqCst) <= 0
    }
}

pub fn together(n: usize, body: impl Fn(usize) + Sync) -> f64 {
    let (gate, body) = (&Gate::new(n), &body);
    let spans: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n)
            .map(|i| {
                scope.spawn(move || {
                    let begin = gate.pass();
                    body(i);
                    (begin, Instant::now())
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let first = spans.iter().map(|s| s.0).min().unwrap();
    let last = spans.iter().map(|s| s.1).max().unwrap();
    (last - first).as_nanos() as f64
}

/// ns for one turn of step(), over all threads, and the smallest share over the largest.
pub fn repeat(n: usize, ms: f64, step: impl Fn() + Sync) -> (f64, f64) {
    let (gate, stop, step) = (&Gate::new(n), &Alone(AtomicBool::new(false)), &step);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n)
            .map(|_| {
                scope.spawn(move || {
                    let begin = gate.pass();
                    let mut count = 0u64;
                    while !stop.0.load(Relaxed) {
                        step();
                        count += 1;
                    }
                    (begin, count)
                })
            })
            .collect();
        while !gate.is_open() {
            std::thread::sleep(Duration::from_micros(100));
        }
        std::thread::sleep(Duration::from_nanos((ms * 1e6) as u64));
        let end = Instant::now();
        stop.0.store(true, SeqCst);
        let turns: Vec<_> = threads.into_iter().map(|t| t.join().unwrap()).collect();
        let first = turns.iter().map(|t| t.0).min().unwrap();
        let counts = || turns.iter().map(|t| t.1);
        let share = counts().min().unwrap() as f64 / counts().max().unwrap() as f64;
        ((end - first).as_nanos() as f64 / counts().sum::<u64>() as f64, share)
    })
}

pub struct Asked {
    pub column: String,
    scale: f64,
}

impl Asked {
    pub fn new() -> Asked {
        let arguments: Vec<String> = std::env::args().collect();
        Asked {
            column: arguments.get(1).cloned().unwrap_or_default(),
            scale: arguments.get(2).map_or(1.0, |scale| scale.parse().unwrap()),
        }
    }
    pub fn times(&self, usual: f64) -> usize {
        ((usual * self.scale) as usize).max(1)
    }
    pub fn ms(&self, usual: f64) -> f64 {
        (usual * self.scale).max(1.0)
    }
}

pub fn print(ns: f64) {
    println!("{ns:.3}");
}

pub fn print_rate((ns, share): (f64, f64)) {
    println!("{ns:.3}\nshare {share:.3}");
}

pub fn not_offered() -> ! {
    std::process::exit(64)
}
