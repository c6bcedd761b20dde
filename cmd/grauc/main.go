// Command grauc compiles .grau files: activation functions of quantized neural
// networks, into piecewise linear datapaths of comparators, shifters and adders.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"grauc/compile"
	"grauc/lang/check"
	"grauc/lang/diag"
)

// Exit statuses.
const (
	exitFault = 1  // the input is at fault
	exitUsage = 2  // the call is at fault
	exitBug   = 70 // the compiler is at fault
)

func main() {
	// Most builds end before they fill 16 MiB: collecting garbage would only slow
	// them down. It begins at 20 MiB, of which useHugePages takes 4 without using
	// them. Long builds trade some memory for time, up to a limit.
	debug.SetGCPercent(500)
	debug.SetMemoryLimit(1 << 30)
	useHugePages()  // after the collector is told not to begin for it
	check.Prepare() // beside the reading of the command line; nearly all commands load files
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) (status int) {
	ignoreFileSizeSignal()
	defer func() {
		if v := recover(); v != nil {
			status = bug(stderr, args, fmt.Errorf("panic: %v\n\n%s", v, debug.Stack()))
		}
	}()
	root := rootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.Execute()
	var broken bugError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &broken):
		return bug(stderr, args, broken.error)
	case errors.Is(err, errFailed):
		return exitFault
	}
	fmt.Fprintf(stderr, "grauc: %v\n", err)
	if errors.As(err, new(faultError)) {
		return exitFault
	}
	return exitUsage
}

// errFailed says that everything has been said already.
var errFailed = errors.New("failed")

// faultError is a fault of the input that has no place in a file.
type faultError struct{ error }

// bugError is what should not have happened.
type bugError struct{ error }

func bug(stderr io.Writer, args []string, err error) int {
	fmt.Fprintf(stderr, `grauc: this is a bug in grauc, not in your files.
Please report it with the .grau files, the command line and this text.

version: %s
command: grauc %q
%v
`, version(), args, err)
	return exitBug
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:               "grauc",
		Short:             "Compile activation functions to shift-and-add datapaths",
		Version:           version(),
		Long:              "grauc compiles .grau files to Verilog, C, LLVM IR and Go that agree bit for bit.",
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return flagFault(err) })
	root.AddCommand(buildCommand(), checkCommand(), adviseCommand(), evalCommand(), verifyFitCommand(), optCommand(), proveCommand(),
		costCommand(), passesCommand(), targetsCommand(), explainCommand(), versionCommand())
	return root
}

// flagValues are the values of flags by the type that pflag calls them.
var flagValues = map[string]string{"int": "an integer", "bool": "true or false", "duration": "a time such as 30s", "string": "text"}

// flagFault is what is wrong with flags, in the words of a user.
func flagFault(err error) error {
	if bad := new(pflag.InvalidValueError); errors.As(err, &bad) {
		return usagef("--%s takes %s, not %q", bad.GetFlag().Name, flagValues[bad.GetFlag().Value.Type()], bad.GetValue())
	}
	return usageError{err}
}

// body is what a command does, with the error told apart: faults that a driver
// has diagnosed are printed, faults of the call go through, all else is a bug.
func body(do func(cmd *cobra.Command, d *compile.Driver, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		d := &compile.Driver{}
		err := do(cmd, d, args)
		if show := diag.Render(cmd.ErrOrStderr(), d.Diagnostics, d.Sources, colored(cmd.ErrOrStderr())); show != nil && err == nil {
			err = faultError{show}
		}
		switch {
		case err == nil, errors.As(err, new(usageError)), errors.As(err, new(faultError)):
			return err
		case errors.Is(err, compile.ErrFault):
			return errFailed
		}
		return bugError{err}
	}
}

func colored(w io.Writer) bool { return isTerminal(w) && os.Getenv("NO_COLOR") == "" }

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// written is the fault of an output that cannot be written, such as a closed pipe.
func written(err error) error {
	if err == nil {
		return nil
	}
	return faultError{err}
}
