// Package fit lowers steps to segments. A fit of least maximum error is exact: no
// choice of breaks, slopes and biases that the segments, terms, shifts and guard
// bits allow has a smaller one, and none with fewer segments keeps to a stated one.
// Among those of the same maximum error it has the least squares, or the least that
// are found. Squares come with a proven bound, and are the least where they meet it,
// here and in a fit of least squares. Work is counted in steps, not in time,
// so that equal programs have equal fits.
//
// Where to find what:
//
//   - lower.go makes a job of each distinct function; fit.go runs it, through each window
//     that there is (view.go).
//   - family.go forms the slopes that a shape allows.
//   - cover.go covers the inputs with as few segments as keep to a maximum error, the
//     tolerance; minmax.go finds the least tolerance that so many segments keep to.
//   - tied.go finds the least squares among the fits that keep to it: they all start their
//     segments within a corridor (corridor.go), and few lines hold on long stretches.
//     tied_steep.go has what stands for lines that are too steep to list.
//   - squares.go finds the least squares of all fits, by putting a price on a segment.
//     sweep.go goes over cells of inputs (cells.go) for a price; level.go and curve.go have
//     what stands for lines that need not be followed one by one. straight.go finds such fits
//     of wide outputs, of lines taken for straight ones; coarse.go by way of fewer codes,
//     where those are no use.
//   - polish.go and pool.go find a good fit to begin with.
//   - uniform.go fits uniform segments; table_rows.go, table_assign.go and table_settle.go
//     fit tables whose segments share rows.
//   - objective.go and weight.go say what errors cost.
//   - prospects.go tells what other shapes would reach; advice.go and table_advice.go say
//     what would help where a maximum error is out of reach.
package fit
