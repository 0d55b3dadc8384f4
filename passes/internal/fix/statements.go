package fix

import (
	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// failedStatements lets a function fail when a statement of a BatchExecuteStatement has failed, which only its response says. The
// error takes the way of the call's own.
func failedStatements(src *Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.at(f.Pos)
	if !ok || len(f.Writes) == 0 {
		return finding.Fix{}, false
	}
	call, input := s.sdkCall()
	if call == nil || !s.ofV2(input) {
		return finding.Fix{}, false
	}
	if op, _ := dynamo.ByInput(s.Info.TypeOf(input)); op.Name != "BatchExecuteStatement" {
		return finding.Fix{}, false
	}
	b := &batch{site: s, d: src.draft(), call: call}
	if !b.place() {
		return finding.Fix{}, false
	}
	format, ok := b.d.use(s, "fmt", "fmt")
	str, ok2 := b.d.use(s, awsPath, "aws")
	if !ok || !ok2 {
		return finding.Fix{}, false
	}
	at := s.around(call)
	i, failed := at.fresh("i", "n"), at.fresh("failed", "failure")
	b.loopAt("for " + i + " := 0; " + b.err + " == nil && " + i + " < len(" + b.out + ".Responses); " + i + "++ {\n" +
		"if " + failed + " := " + b.out + ".Responses[" + i + "].Error; " + failed + " != nil {\n" +
		b.err + " = " + format + ".Errorf(\"statement %d: %s: %s\", " + i + ", " + failed + ".Code, " + str + ".ToString(" + failed + ".Message))\n}\n}")
	return b.d.fix("fail when one of the statements has failed", true)
}
