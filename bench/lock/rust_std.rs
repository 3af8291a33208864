// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
mod workload;

struct Lock(std::sync::Mutex<u64>);

impl workload::Lock for Lock {
    fn increment(&self) {
        *self.0.lock().unwrap() += 1;
    }
}

fn main() {
    workload::lock_main(Lock(std::sync::Mutex::new(0)));
}
