// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// The loops of workload.hpp with goroutines on one core (GOMAXPROCS=1).
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

func timed(f func()) float64 {
	begin := time.Now()
	f()
	return float64(time.Since(begin).Nanoseconds())
}

func cpuSeconds() float64 {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(used.Utime) + seconds(used.Stime)
}

func residentBytes() float64 {
	text, _ := os.ReadFile("/proc/self/statm")
	pages, _ := strconv.ParseFloat(strings.Fields(string(text))[1], 64)
	return pages * float64(os.Getpagesize())
}

func main() {
	runtime.GOMAXPROCS(1)
	scale := 1.0
	if len(os.Args) > 2 {
		scale, _ = strconv.ParseFloat(os.Args[2], 64)
	}
	times := func(n float64) int { return int(n*scale) + 1 }
	var all sync.WaitGroup
	start := func(f func()) {
		all.Add(1)
		go func() {
			f()
			all.Done()
		}()
	}
	switch os.Args[1] {
	case "yield":
		n := times(5e6)
		fmt.Println(timed(func() {
			for k := 0; k < 2; k++ {
				start(func() {
					for i := 0; i < n; i++ {
						runtime.Gosched()
					}
				})
			}
			all.Wait()
		}) / (2 * float64(n)))
	case "spawn_one":
		n := times(5e5)
		fmt.Println(timed(func() {
			for i := 0; i < n; i++ {
				start(func() {})
				all.Wait()
			}
		}) / float64(n))
	case "spawn_batch":
		n := times(1000)
		fmt.Println(timed(func() {
			for i := 0; i < n; i++ {
				for k := 0; k < 1000; k++ {
					start(func() {})
				}
				all.Wait()
			}
		}) / (1000 * float64(n)))
	case "event", "queue":
		n := times(1e6)
		there, back := make(chan int), make(chan int)
		fmt.Println(timed(func() {
			start(func() {
				for i := 0; i < n; i++ {
					back <- <-there
				}
			})
			start(func() {
				for i := 0; i < n; i++ {
					there <- i
					<-back
				}
			})
			all.Wait()
		}) / float64(n))
	case "lock":
		n := times(2e7)
		var lock sync.Mutex
		fmt.Println(timed(func() {
			for i := 0; i < n; i++ {
				lock.Lock()
				lock.Unlock()
			}
		}) / float64(n))
	case "timers":
		const N = 100000
		before := cpuSeconds()
		for i := 0; i < N; i++ {
			pause := time.Duration((0.1 + float64(i*7919%N)/N/2) * 1e9)
			start(func() { time.Sleep(pause) })
		}
		all.Wait()
		fmt.Println((cpuSeconds() - before) / N * 1e9)
	case "parked":
		const N = 100000
		event := make(chan struct{})
		before := residentBytes()
		for i := 0; i < N; i++ {
			start(func() { <-event })
		}
		runtime.Gosched()
		bytes := (residentBytes() - before) / N
		close(event)
		all.Wait()
		fmt.Println(bytes)
	default:
		os.Exit(64)
	}
}
