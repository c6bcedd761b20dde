// Package ir holds what all levels of the compiler share: number formats, units,
// the head of a layer, source places and problems. The levels themselves are the
// packages below it; README.md here gives their semantics and the reasons.
package ir
