package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"grauc/backend"
	"grauc/backend/verilog"
	"grauc/compile"
	"grauc/ir"
	"grauc/prove"
)

func proveCommand() *cobra.Command {
	var (
		layer   string
		timeout time.Duration
	)
	cmd := &cobra.Command{
		Use:   "prove FILE...",
		Short: "Prove the emitted Verilog equal to the segments, for every input",
		Long: `Prove the Verilog of every layer with hardware of its own equal to its segments, for
every input; the Verilog of every unit equal to what its documentation says, for
every configuration and input; and what layers load into units equal to their
segments. Two provers are asked, ABC and CaDiCaL.`,
		Args: atLeast(1, "a .grau file"),
	}
	cmd.Flags().StringVar(&layer, "layer", "", "prove only this layer")
	cmd.Flags().DurationVar(&timeout, "timeout", 30*time.Second, "time for each prover and module, and for the search for steps before")
	part := partFlag(cmd.Flags())
	cmd.RunE = body(func(cmd *cobra.Command, d *compile.Driver, args []string) error {
		if err := part.apply(d); err != nil {
			return err
		}
		if timeout <= 0 {
			return usagef("--timeout must be positive, such as 30s")
		}
		if err := toolsPresent(); err != nil {
			return err
		}
		return untilInterrupted(cmd, func() error { return proveFiles(cmd, d, args, layer, timeout) })
	})
	return cmd
}

// untilInterrupted has the context of a command end with the first signal that would end
// the process: tools that run in groups of their own do not hear of it otherwise. The
// next one ends the process at once.
func untilInterrupted(cmd *cobra.Command, do func() error) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	defer context.AfterFunc(ctx, stop)()
	cmd.SetContext(ctx)
	err := do()
	if err != nil && ctx.Err() != nil {
		return faultError{errors.New("interrupted: what is not listed is not proved")}
	}
	return err
}

// toolsPresent says what to install.
func toolsPresent() error {
	var missing []string
	for _, t := range prove.Missing() {
		missing = append(missing, fmt.Sprintf("%s (Debian package %s)", t.Program, t.Package))
	}
	if len(missing) == 0 {
		return nil
	}
	return faultError{fmt.Errorf("proofs need %s, which is not installed", strings.Join(missing, ", "))}
}

func proveFiles(cmd *cobra.Command, d *compile.Driver, files []string, layer string, timeout time.Duration) error {
	modules, err := d.Load(files)
	if err != nil {
		return err
	}
	if err := knownLayer(modules, layer); err != nil {
		return err
	}
	all := true
	for _, m := range modules {
		p, err := d.Lower(m, ir.LevelDatapath)
		if err != nil {
			return err
		}
		ok, err := proveRequest(cmd, &backend.Request{PWL: p.PWL, Design: p.Design}, layer, timeout)
		if err != nil {
			return err
		}
		all = all && ok
	}
	if !all {
		return compile.ErrFault
	}
	return nil
}

// proveRequest reports whether everything of a file is proved.
func proveRequest(cmd *cobra.Command, r *backend.Request, layer string, timeout time.Duration) (bool, error) {
	emitted, err := verilog.Target.Emit(r)
	if err != nil {
		return false, err
	}
	subjects, err := prove.Subjects(r, emitted)
	if err != nil {
		return false, err
	}
	all := true
	for _, s := range subjects {
		if !concerns(r, s, layer) {
			continue
		}
		verdicts, err := s.Prove(cmd.Context(), timeout)
		if err != nil {
			return false, faultError{err}
		}
		all = all && prove.AllProved(verdicts)
		if err := printVerdicts(cmd, s, verdicts); err != nil {
			return false, err
		}
	}
	return all, nil
}

// concerns reports whether a layer depends on a subject. No layer means all of them.
func concerns(r *backend.Request, s *prove.Subject, layer string) bool {
	switch {
	case layer == "":
		return true
	case s.Layer != nil:
		return s.Layer.Name == layer
	}
	return s.Unit.Name == r.PWL.Layer(layer).Unit
}

func printVerdicts(cmd *cobra.Command, s *prove.Subject, verdicts []prove.Verdict) error {
	var parts []string
	for _, v := range verdicts {
		parts = append(parts, v.String())
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", s.Title(), strings.Join(parts, "; "))
	return written(err)
}
