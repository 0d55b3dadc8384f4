package fix

import (
	"go/ast"
	"strconv"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// deduplicationID sends a message of a FIFO queue or topic under the record's identifier, where it has a new one each time: the
// queue takes what comes again within five minutes for the same message.
func deduplicationID(src *Source, f *finding.Finding) (finding.Fix, bool) {
	if len(f.Writes) == 0 || len(f.Writes[0].Via) > 0 {
		return finding.Fix{}, false
	}
	s, ok := src.at(f.Pos)
	if !ok {
		return finding.Fix{}, false
	}
	call, kv := s.deduplicated()
	if kv == nil {
		return finding.Fix{}, false
	}
	d, at := src.draft(), s.around(call)
	fresh := at.freshIn(kv.Value)
	code, id, from, ok := at.identifier(d)
	if !ok || fresh == nil || fresh.Pos() < from || !at.unrepeated(from) {
		return finding.Fix{}, false
	}
	sends := func(other *ast.CallExpr) bool {
		return s.calledFunc(other) != nil && s.calledFunc(other) == s.calledFunc(call)
	}
	if which := at.apart(append(at.others(call, from, sends), call))[call]; which != "" {
		code = strconv.Quote(which+"/") + "+" + code
	}
	d.swap(s, fresh, code)
	return d.fix("send the message under the record's "+id+", by which a FIFO queue or topic knows it again for five minutes", true)
}

// deduplicated finds the innermost call around a place whose input has a deduplication id.
func (s *site) deduplicated() (*ast.CallExpr, *ast.KeyValueExpr) {
	for _, n := range s.path {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			continue
		}
		for _, arg := range call.Args {
			if lit, _ := s.literal(arg); lit != nil {
				if kv := field(lit, "MessageDeduplicationId"); kv != nil {
					return call, kv
				}
			}
		}
	}
	return nil, nil
}
