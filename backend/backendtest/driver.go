package backendtest

import (
	"fmt"
	"strings"

	"grauc/backend"
	"grauc/ir/datapath"
)

// CDriver is a program for the functions of the C ABI, see Input and Check, and
// declarations of them that owe nothing to the backend's.
func CDriver(r *backend.Request) ([]backend.File, error) {
	functions, err := backend.Functions(r)
	if err != nil {
		return nil, err
	}
	symbols, _ := backend.Symbols(r.Design.Name, functions)
	var declarations, calls, names strings.Builder
	for i, f := range functions {
		x, y := cType(f.X), cType(f.Y)
		parameter, argument := "", ""
		if f.Channels {
			parameter, argument = ", size_t channel", ", channel"
		}
		fmt.Fprintf(&declarations, "%s %s(%s x%s);\n", y, symbols[i], x, parameter)
		fmt.Fprintf(&declarations, "void %s_n(const %s *x, %s *y, size_t n%s);\n", symbols[i], x, y, parameter)
		fmt.Fprintf(&calls, "RUN(%d, %s, %s, %s, (x[i]%s), (xs, ys, n%s))\n", i, symbols[i], x, y, argument, argument)
		fmt.Fprintf(&names, "run%d, ", i)
	}
	return []backend.File{
		{Path: "driver.c", Data: fmt.Appendf(nil, cDriver, calls.String(), names.String())},
		{Path: "abi.h", Data: fmt.Appendf(nil, "#include <stddef.h>\n#include <stdint.h>\n%s", declarations.String())},
	}, nil
}

func cType(t datapath.Type) string {
	if t.Signed {
		return fmt.Sprintf("int%d_t", t.Width)
	}
	return fmt.Sprintf("uint%d_t", t.Width)
}

const cDriver = `#include <stdio.h>
#include <stdlib.h>
#include "abi.h"

static int64_t x[1 << 17], y[1 << 17];

#define RUN(k, f, X, Y, one, many) \
static void run##k(size_t n, size_t channel) { \
	X *xs = malloc(n * sizeof *xs); Y *ys = malloc(n * sizeof *ys); size_t i; (void)channel; \
	for (i = 0; i < n; i++) { xs[i] = (X)x[i]; y[i] = f one; } \
	fwrite(y, sizeof *y, n, stdout); \
	f##_n many; \
	for (i = 0; i < n; i++) y[i] = ys[i]; \
	fwrite(y, sizeof *y, n, stdout); \
	free(xs); free(ys); }

%s
static void (*const run[])(size_t, size_t) = {%s};

int main(void) {
	int64_t head[3];
	while (fread(head, sizeof *head, 3, stdin) == 3) {
		if (fread(x, sizeof *x, (size_t)head[2], stdin) != (size_t)head[2]) return 1;
		run[head[0]]((size_t)head[2], (size_t)head[1]);
	}
	return 0;
}
`
