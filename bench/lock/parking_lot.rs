// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
mod workload;

struct Lock(parking_lot::Mutex<u64>);

impl workload::Lock for Lock {
    fn increment(&self) {
        *self.0.lock() += 1;
    }
}

fn main() {
    workload::lock_main(Lock(parking_lot::Mutex::new(0)));
}
