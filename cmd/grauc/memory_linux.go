package main

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// heapStep is by how much the Go runtime extends the heap at least, and the
// alignment of these steps.
const heapStep = 4 << 20

// useHugePages asks for huge pages for the memory that a build is going to fill: a
// few page faults in place of more than a thousand, which are half the time of a
// small build. The runtime maps its heap step by step and each mapping begins
// without huge pages. An allocation of a little more than a step, which is never
// written to and so takes no memory, makes it map two more steps at once, with all
// but the allocation still free. It is advice: where it is not followed, or where
// the heap lies otherwise, nothing else changes.
func useHugePages() {
	room := make([]byte, heapStep+1)
	next := (uintptr(unsafe.Pointer(unsafe.SliceData(room))) + heapStep) &^ (heapStep - 1)
	unix.Syscall(unix.SYS_MADVISE, next, 2*heapStep, unix.MADV_HUGEPAGE)
}
