package stream

import (
	"go/ast"
	"strconv"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// DeduplicationID sends a message of a FIFO queue or topic under the record's identifier, where it has a new one each time: the
// queue takes what comes again within five minutes for the same message.
func DeduplicationID(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	if len(f.Writes) == 0 || len(f.Writes[0].Via) > 0 {
		return finding.Fix{}, false
	}
	s, ok := src.At(f.Pos)
	if !ok {
		return finding.Fix{}, false
	}
	call, kv := deduplicated(s)
	if kv == nil {
		return finding.Fix{}, false
	}
	d, at := src.Draft(), s.Around(call)
	fresh := freshIn(at, kv.Value)
	code, id, from, ok := identifier(at, d)
	if !ok || fresh == nil || fresh.Pos() < from || !unrepeated(at, from) {
		return finding.Fix{}, false
	}
	sends := func(other *ast.CallExpr) bool {
		return s.CalledFunc(other) != nil && s.CalledFunc(other) == s.CalledFunc(call)
	}
	if which := apart(at, append(others(at, call, from, sends), call))[call]; which != "" {
		code = strconv.Quote(which+"/") + "+" + code
	}
	d.Swap(s, fresh, code)
	return d.Fix("send the message under the record's "+id+", by which a FIFO queue or topic knows it again for five minutes", true)
}

// deduplicated finds the innermost call around a place whose input has a deduplication id.
func deduplicated(s *syntax.Site) (*ast.CallExpr, *ast.KeyValueExpr) {
	for _, n := range s.Path {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			continue
		}
		for _, arg := range call.Args {
			if lit, _ := write.InputLiteral(s, arg); lit != nil {
				if kv := write.Field(lit, "MessageDeduplicationId"); kv != nil {
					return call, kv
				}
			}
		}
	}
	return nil, nil
}
