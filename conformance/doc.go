// Package conformance checks across tools that every form of a layer computes the
// same: the levels of the compiler, and what it emits as real compilers and real
// simulators run it. Its tests build whole programs, compile what comes out once
// for all layers of a file, and feed input codes through.
package conformance
