// Package real evaluates real functions rigorously: every answer is proved, by
// error bounds that hold for each floating-point operation, by exact rationals
// where the function is rational, and by arbitrary precision where a decision is
// close. It knows nothing of files or layers: its input is a tape.
package real

import "math/big"

// Op is an operation of a tape. Logical results are values like any other, of
// another type.
type Op uint8

const (
	OpX      Op = iota // the input
	OpConst            // K
	OpPi               // pi
	OpE                // e
	OpNeg              // -A
	OpAdd              // A + B
	OpSub              // A - B
	OpMul              // A * B
	OpDiv              // A / B; undefined for B = 0
	OpPow              // A ^ B; 0^0 = 1; undefined for A < 0 unless B is an integer, and for 0 ^ negative
	OpExp              // e ^ A
	OpLog              // natural logarithm; undefined for A <= 0
	OpSqrt             // undefined for A < 0
	OpErf              //
	OpTanh             //
	OpSin              // radians
	OpCos              // radians
	OpMin              //
	OpMax              //
	OpAbs              //
	OpFloor            // largest integer not above A
	OpLess             // A < B
	OpLessEq           // A <= B
	OpEqual            // A == B
	OpAnd              //
	OpOr               //
	OpNot              //
	OpSelect           // if A then B else C; only the branch taken need be defined
)

// Instr is one operation. A, B, C are indices of earlier instructions.
type Instr struct {
	Op      Op
	A, B, C int32
	K       *big.Rat // OpConst
}

// Tape is a function of one real variable as a list of operations without common
// subexpressions. The last instruction is the result. The zero Tape is empty and
// ready for its builder methods.
type Tape struct {
	Code []Instr

	index map[key]int32 // of Code; nil until the builder needs it
}
