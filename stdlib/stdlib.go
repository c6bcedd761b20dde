// Package stdlib holds the standard library: .grau files like any other, in scope
// everywhere. It has no power that a program of one's own lacks.
package stdlib

import "embed"

// Files are the library's files.
//
//go:embed *.grau
var Files embed.FS
