package passes

import (
	_ "embed"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/report"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
)

// uselessIgnore is the check of the directives themselves.
const uselessIgnore = "uselessignore"

//go:embed uselessignore.md
var uselessIgnoreDoc string

// silence marks the findings that a directive on their line, or on the one above, covers, and adds a
// finding for each directive that has no reason or covers nothing. known are the directives whose findings are
// all there: one for a check that does not run may well be needed.
func silence(findings []finding.Finding, directives []summary.Directive, known func(summary.Directive) bool) []finding.Finding {
	out := slices.Clone(findings)
	for _, d := range directives {
		used := false
		for i := range out {
			if f := &out[i]; covers(d, f) {
				f.Suppressed, used = d.Reason, true
			}
		}
		switch {
		case d.Check == "":
			out = append(out, useless(d, "a ddbvet:ignore directive names a check and a reason: //ddbvet:ignore CHECK reason"))
		case d.Reason == "":
			out = append(out, useless(d, "the directive that ignores "+d.Check+" gives no reason, so it ignores nothing"))
		case !used && !isCheck(d.Check):
			out = append(out, useless(d, "there is no check "+d.Check+" to ignore"))
		case !used && known(d):
			out = append(out, useless(d, "there is no finding of "+d.Check+" here to ignore"))
		}
	}
	return out
}

// covers tells whether a directive stands on the line of a finding, or on the one above.
func covers(d summary.Directive, f *finding.Finding) bool {
	return f.Check == d.Check && f.Pos.File == d.Pos.File && (f.Pos.Line == d.Pos.Line || f.Pos.Line == d.Pos.Line+1) && d.Reason != ""
}

// ignored marks a finding that a directive covers in the function at fault.
func ignored(f finding.Finding, directives []summary.Directive) finding.Finding {
	for _, d := range directives {
		if covers(d, &f) {
			f.Suppressed = d.Reason
		}
	}
	return f
}

func isCheck(name string) bool {
	return slices.ContainsFunc(Checks(), func(c Check) bool { return c.Name == name })
}

func useless(d summary.Directive, message string) finding.Finding {
	return finding.Finding{
		Check: uselessIgnore, Confidence: finding.High, Message: message + ": " + uselessIgnore, Pos: d.Pos,
		Reads: []finding.Access{}, Writes: []finding.Access{}, Depends: []finding.Dependence{}, Schedule: []finding.Step{}, Fixes: []finding.Fix{},
		Fingerprint: uselessIgnore + ":" + d.Check + ":" + d.Reason, URL: report.URL(uselessIgnore),
	}
}
