// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// The loop of workload.hpp, with rayon.
use std::time::Instant;

fn fib(n: i32) -> i64 {
    if n < 2 {
        return n as i64;
    }
    let (a, b) = rayon::join(|| fib(n - 1), || fib(n - 2));
    a + b
}

fn sum<F: Fn(usize) -> i64 + Sync>(from: usize, to: usize, of: &F) -> i64 {
    if to - from == 1 {
        return of(from);
    }
    let middle = from + (to - from) / 2;
    let (a, b) = rayon::join(|| sum(from, middle, of), || sum(middle, to, of));
    a + b
}

fn skynet(number: i64, depth: i32) -> i64 {
    if depth == 0 {
        return number;
    }
    sum(0, 10, &|i| skynet(number * 10 + i as i64, depth - 1))
}

#[derive(Clone, Copy)]
struct Board {
    at: [i8; 16],
    rows: usize,
}

impl Board {
    fn allows(&self, column: i8) -> bool {
        (0..self.rows).all(|row| {
            let (other, apart) = (self.at[row], (self.rows - row) as i8);
            other != column && other != column - apart && other != column + apart
        })
    }
}

fn queens(board: &Board, n: usize) -> i64 {
    if board.rows == n {
        return 1;
    }
    let mut next = [*board; 16];
    let mut count = 0;
    for column in 0..n {
        if board.allows(column as i8) {
            next[count].at[board.rows] = column as i8;
            next[count].rows += 1;
            count += 1;
        }
    }
    if count == 0 {
        return 0;
    }
    sum(0, count, &|i| queens(&next[i], n))
}

fn main() {
    let column = std::env::args().nth(1).unwrap_or_default();
    let work: fn() -> i64 = match column.as_str() {
        "fib_32" => || fib(32),
        "skynet_1e7" => || skynet(0, 7),
        "nqueens_12" => || queens(&Board { at: [0; 16], rows: 0 }, 12),
        _ => std::process::exit(64),
    };
    let workers = std::env::args().nth(3).map_or(2, |n| n.parse().unwrap());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build().unwrap();
    let first = pool.install(work);
    let begin = Instant::now();
    let again = pool.install(work);
    let took = begin.elapsed().as_nanos() as f64 / 1e6;
    assert_eq!(first, again);
    println!("{took:.3}");
}
