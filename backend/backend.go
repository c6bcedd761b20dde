// Package backend says what a target is: something that turns a compiled file
// into the text of files. A target refuses what it cannot emit and repairs
// nothing; it never touches the disk.
package backend

import (
	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// Request is one compiled .grau file. PWL and Design hold the same layers in the
// same order; PWL is the meaning that tests in the output must check against.
type Request struct {
	PWL    *pwl.Module
	Design *datapath.Design
}

// File is a file to write: a slash-separated path below the output directory.
type File struct {
	Path string
	Data []byte
}

// Response is what a target made of a request.
type Response struct{ Files []File }

// Target is a backend. Emit is deterministic and safe to call concurrently; its
// error is an *ir.Problem or ir.Problems where the user's program is at fault.
type Target struct {
	Name string // as on the command line: verilog, c, llvm, go
	Doc  string // one line
	Emit func(*Request) (*Response, error)
}
