// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// The loops of workload.hpp, for Go's channels, which are always bounded.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// Gate is where goroutines gather, so that all are there before the first one starts.
type Gate struct{ missing int64 }

func (gate *Gate) pass() time.Time {
	atomic.AddInt64(&gate.missing, -1)
	for atomic.LoadInt64(&gate.missing) > 0 {
		runtime.Gosched()
	}
	return time.Now()
}

type taken struct {
	count, sum int64
	_          [112]byte
}

func newNumber(number int64) int64 { return number }
func numberOf(item int64) int64    { return item }
func newString(number int64) string {
	text := [24]byte{}
	*(*int64)(unsafe.Pointer(&text[0])) = number
	return string(text[:])
}

// A string begins with the address of its characters.
func numberIn(item string) int64 { return **(**int64)(unsafe.Pointer(&item)) }

func transfer[T any](producers, consumers, items int, make_ func(int64) T, number func(T) int64) float64 {
	queue := make(chan T, 1024)
	gate := &Gate{int64(producers + consumers)}
	begins := make([]time.Time, producers+consumers)
	counts := make([]taken, consumers)
	var putting, getting sync.WaitGroup
	putting.Add(producers)
	getting.Add(consumers)
	for c := 0; c < consumers; c++ {
		go func(c int) {
			begins[producers+c] = gate.pass()
			sum, count := int64(0), int64(0)
			for {
				found := number(<-queue)
				if found < 0 {
					break
				}
				sum += found
				count++
				atomic.StoreInt64(&counts[c].count, count)
			}
			counts[c].sum = sum
			getting.Done()
		}(c)
	}
	for p := 0; p < producers; p++ {
		go func(p int) {
			begins[p] = gate.pass()
			for i := p; i < items; i += producers {
				queue <- make_(int64(i))
			}
			putting.Done()
		}(p)
	}
	putting.Wait()
	for {
		arrived := int64(0)
		for c := range counts {
			arrived += atomic.LoadInt64(&counts[c].count)
		}
		if arrived == int64(items) {
			break
		}
		time.Sleep(50 * time.Microsecond)
	}
	end := time.Now()
	for c := 0; c < consumers; c++ {
		queue <- make_(-1)
	}
	getting.Wait()
	first := begins[0]
	for _, begin := range begins {
		if begin.Before(first) {
			first = begin
		}
	}
	sum := int64(0)
	for c := range counts {
		sum += counts[c].sum
	}
	if sum != int64(items)*int64(items-1)/2 {
		panic("wrong checksum")
	}
	return float64(end.Sub(first)) / float64(items)
}

func oneThread(items int) float64 {
	queue := make(chan int64, 1024)
	begin := time.Now()
	for i := 0; i < items; i++ {
		queue <- int64(i)
		<-queue
	}
	return float64(time.Since(begin)) / float64(items)
}

// Each goroutine has a thread of its own: on one thread they would take turns without ever waiting.
func pingPong(rounds int) float64 {
	there, back := make(chan int64, 1024), make(chan int64, 1024)
	gate := &Gate{2}
	done := make(chan bool)
	go func() {
		runtime.LockOSThread()
		gate.pass()
		for i := 0; i < rounds; i++ {
			back <- <-there
		}
		done <- true
	}()
	runtime.LockOSThread()
	begin := gate.pass()
	for i := 0; i < rounds; i++ {
		there <- int64(i)
		<-back
	}
	took := time.Since(begin)
	<-done
	return float64(took) / float64(rounds)
}

func main() {
	scale := 1.0
	if len(os.Args) > 2 {
		scale, _ = strconv.ParseFloat(os.Args[2], 64)
	}
	times := func(usual float64) int { return int(usual * scale) }
	column := strings.TrimPrefix(os.Args[1], "bounded_")
	shape := strings.TrimPrefix(column, "string_")
	shapes := map[string][2]int{"1p1c": {1, 1}, "2p2c": {2, 2}, "4p4c": {4, 4}, "8p1c": {8, 1}, "1p8c": {1, 8}}
	workers, isTransfer := shapes[shape]
	switch {
	case column == os.Args[1]:
		os.Exit(64)
	case column == "1_thread":
		fmt.Printf("%.3f\n", oneThread(times(2e6)))
	case column == "ping_pong":
		fmt.Printf("%.3f\n", pingPong(times(20e3)))
	case isTransfer && shape != column:
		fmt.Printf("%.3f\n", transfer(workers[0], workers[1], times(5e5), newString, numberIn))
	case isTransfer:
		fmt.Printf("%.3f\n", transfer(workers[0], workers[1], times(1e6), newNumber, numberOf))
	default:
		os.Exit(64)
	}
}
