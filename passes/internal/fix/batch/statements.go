package batch

import (
	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// FailedStatements lets a function fail when a statement of a BatchExecuteStatement has failed, which only its response says. The
// error takes the way of the call's own.
func FailedStatements(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.At(f.Pos)
	if !ok || len(f.Writes) == 0 {
		return finding.Fix{}, false
	}
	call, input := write.SdkCall(s)
	if call == nil || !write.OfV2(s, input) {
		return finding.Fix{}, false
	}
	if op, _ := dynamo.ByInput(s.Info.TypeOf(input)); op.Name != "BatchExecuteStatement" {
		return finding.Fix{}, false
	}
	b := &batch{Site: s, d: src.Draft(), call: call}
	if !b.place() {
		return finding.Fix{}, false
	}
	format, ok := b.d.Use(s, "fmt", "fmt")
	str, ok2 := b.d.Use(s, write.AwsPath, "aws")
	if !ok || !ok2 {
		return finding.Fix{}, false
	}
	at := s.Around(call)
	i, failed := at.Fresh("i", "n"), at.Fresh("failed", "failure")
	b.loopAt("for " + i + " := 0; " + b.err + " == nil && " + i + " < len(" + b.out + ".Responses); " + i + "++ {\n" +
		"if " + failed + " := " + b.out + ".Responses[" + i + "].Error; " + failed + " != nil {\n" +
		b.err + " = " + format + ".Errorf(\"statement %d: %s: %s\", " + i + ", " + failed + ".Code, " + str + ".ToString(" + failed + ".Message))\n}\n}")
	return b.d.Fix("fail when one of the statements has failed", true)
}
