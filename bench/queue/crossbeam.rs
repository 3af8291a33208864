// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
// The loops of workload.hpp, for crossbeam's channels.

#[path = "../measure.rs"]
mod measure;
use crossbeam_channel::{Receiver, Sender};
use measure::*;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

type Channel<T> = (Sender<T>, Receiver<T>);

trait Item: Send {
    fn new(number: i64) -> Self;
    fn number(&self) -> i64;
}

impl Item for i64 {
    fn new(number: i64) -> i64 {
        number
    }
    fn number(&self) -> i64 {
        *self
    }
}

// 24 bytes on the heap. (String would only check that they are UTF-8.)
impl Item for Vec<u8> {
    fn new(number: i64) -> Vec<u8> {
        let mut text = vec![b'.'; 24];
        text[..8].copy_from_slice(&number.to_ne_bytes());
        text
    }
    fn number(&self) -> i64 {
        i64::from_ne_bytes(self[..8].try_into().unwrap())
    }
}

fn transfer<T: Item>((put, get): Channel<T>, producers: usize, consumers: usize, items: i64) -> f64 {
    let gate = &Gate::new(producers + consumers);
    let counts: Vec<_> = (0..consumers).map(|_| Alone(AtomicI64::new(0))).collect();
    std::thread::scope(|scope| {
        let getting: Vec<_> = counts
            .iter()
            .map(|taken| {
                let get = &get;
                scope.spawn(move || {
                    let begin = gate.pass();
                    let (mut count, mut sum) = (0, 0);
                    loop {
                        let found = get.recv().unwrap().number();
                        if found < 0 {
                            break;
                        }
                        sum += found;
                        count += 1;
                        taken.0.store(count, Relaxed);
                    }
                    (begin, sum)
                })
            })
            .collect();
        let putting: Vec<_> = (0..producers)
            .map(|p| {
                let put = &put;
                scope.spawn(move || {
                    let begin = gate.pass();
                    let mut i = p as i64;
                    while i < items {
                        put.send(T::new(i)).unwrap();
                        i += producers as i64;
                    }
                    begin
                })
            })
            .collect();
        let mut begin: Vec<_> = putting.into_iter().map(|t| t.join().unwrap()).collect();
        while counts.iter().map(|taken| taken.0.load(Relaxed)).sum::<i64>() < items {
            std::thread::sleep(Duration::from_micros(50));
        }
        let end = std::time::Instant::now();
        for _ in 0..consumers {
            put.send(T::new(-1)).unwrap();
        }
        let mut sum = 0;
        for thread in getting {
            let (began, part) = thread.join().unwrap();
            begin.push(began);
            sum += part;
        }
        assert_eq!(sum, items * (items - 1) / 2);
        (end - *begin.iter().min().unwrap()).as_nanos() as f64
    })
}

fn channel<T>(bounded: bool) -> Channel<T> {
    if bounded {
        crossbeam_channel::bounded(1024)
    } else {
        crossbeam_channel::unbounded()
    }
}

fn main() {
    let asked = Asked::new();
    let (bounded, column) = match asked.column.split_once('_') {
        Some(("bounded", rest)) => (true, rest),
        Some(("unbounded", rest)) => (false, rest),
        _ => not_offered(),
    };
    let (strings, shape) = match column.strip_prefix("string_") {
        Some(shape) => (true, shape),
        None => (false, column),
    };
    let (producers, consumers) = match shape {
        "1p1c" => (1, 1),
        "2p2c" => (2, 2),
        "4p4c" => (4, 4),
        "8p1c" => (8, 1),
        "1p8c" => (1, 8),
        "1_thread" => {
            let (put, get) = channel::<i64>(bounded);
            let n = asked.times(2e6);
            let took = together(1, |_| {
                for i in 0..n {
                    put.send(i as i64).unwrap();
                    get.recv().unwrap();
                }
            });
            return print(took / n as f64);
        }
        "ping_pong" => {
            let (there, back) = (channel::<i64>(bounded), channel::<i64>(bounded));
            let n = asked.times(20e3);
            let took = together(2, |player| {
                for i in 0..n {
                    if player == 0 {
                        there.0.send(i as i64).unwrap();
                        back.1.recv().unwrap();
                    } else {
                        back.0.send(there.1.recv().unwrap()).unwrap();
                    }
                }
            });
            return print(took / n as f64);
        }
        _ => not_offered(),
    };
    if strings {
        let n = asked.times(5e5);
        print(transfer(channel::<Vec<u8>>(bounded), producers, consumers, n as i64) / n as f64);
    } else {
        let n = asked.times(1e6);
        print(transfer(channel::<i64>(bounded), producers, consumers, n as i64) / n as f64);
    }
}
