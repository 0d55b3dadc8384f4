package stream

import (
	"go/ast"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// identifiers are the fields by which Lambda knows a failed record, from the record on.
var identifiers = map[string]string{"dynamodb": "Change.SequenceNumber", "kinesis": "Kinesis.SequenceNumber", "sqs": "MessageId"}

// FailureID names a failed record by its identifier instead of by another of its fields.
func FailureID(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.At(f.Pos)
	if !ok {
		return finding.Fix{}, false
	}
	value := identifierValue(s)
	if value == nil {
		return finding.Fix{}, false
	}
	record, feed := recordIn(s, value)
	if v := s.Variable(value); record == nil && v != nil {
		if def := s.Definition(v); def != nil && usedOnce(s, v) { // id := record.EventID, for this alone
			value = def
			record, feed = recordIn(s, def)
		}
	}
	d := src.Draft()
	if record == nil {
		var index *ast.Ident
		if record, index, feed = indexed(s, value); record == nil {
			return finding.Fix{}, false
		}
		if v := s.Variable(index); v != nil && usedOnce(s, v) {
			d.Swap(s, index, "_")
		}
	}
	id := s.Text(record) + "." + identifiers[feed]
	d.Swap(s, value, id)
	return d.Fix("name the record by "+id, false)
}

// identifierValue finds what is stored as an ItemIdentifier where a finding says so: at the field of a literal, at the
// literal, or at an assignment.
func identifierValue(s *syntax.Site) ast.Expr {
	for _, n := range s.Path {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if syntax.Named(n.Key, "ItemIdentifier", "Identifier") {
				return n.Value
			}
		case *ast.CompositeLit:
			for _, e := range n.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok && syntax.Named(kv.Key, "ItemIdentifier", "Identifier") {
					return kv.Value
				}
			}
		case *ast.AssignStmt:
			if sel, ok := n.Lhs[0].(*ast.SelectorExpr); ok && len(n.Lhs) == 1 && syntax.Named(sel.Sel, "ItemIdentifier", "Identifier") {
				return n.Rhs[0]
			}
		case ast.Stmt:
			return nil
		}
	}
	return nil
}

// usedOnce reports a variable that is read in one place.
func usedOnce(s *syntax.Site, v *types.Var) bool { return len(s.Uses(v)) == 1 }

// recordIn finds the record, in an expression that is made of parts of one.
func recordIn(s *syntax.Site, value ast.Expr) (found ast.Expr, feed string) {
	ast.Inspect(value, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok || found != nil {
			return found == nil
		}
		if f, ok := wholeRecord(s.Info.TypeOf(e)); ok {
			found, feed = e, f
		}
		return found == nil
	})
	return found, feed
}

// indexed finds the record of the loop whose index an expression is made of.
func indexed(s *syntax.Site, value ast.Expr) (record ast.Expr, index *ast.Ident, feed string) {
	for _, n := range s.Path {
		loop, ok := n.(*ast.RangeStmt)
		if !ok || loop.Value == nil {
			continue
		}
		key, ok := loop.Key.(*ast.Ident)
		if f, whole := wholeRecord(s.Info.TypeOf(loop.Value)); ok && whole && !syntax.Named(key, "_") && s.Mentions(value, s.Info.ObjectOf(key)) {
			return loop.Value, key, f
		}
	}
	return nil, nil, ""
}

// wholeRecord reports a record that carries its identifier, as opposed to a part of one.
func wholeRecord(t types.Type) (feed string, ok bool) {
	if t == nil {
		return "", false
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return "", false
	}
	f, ok := dynamo.FeedOf(n)
	switch n.Obj().Name() {
	case "DynamoDBEventRecord", "KinesisEventRecord", "SQSMessage":
		return f.From, ok && !f.Batch
	}
	return "", false
}
