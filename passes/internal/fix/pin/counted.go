package pin

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// CountedVersion gives the version that a write computes from the one that was read and stores: whoever else writes the item
// changes it as well, so that a pin of it alone holds all that was read with it. ok is false where the write depends on
// another read too.
func CountedVersion(needs []finding.Need) (finding.Need, bool) {
	at := slices.IndexFunc(needs, func(n finding.Need) bool {
		return n.What == "value" && n.Computed && n.Attr != "" && n.Attr == n.To && write.LockName.MatchString(n.Attr)
	})
	if at < 0 {
		return finding.Need{}, false
	}
	version := needs[at]
	for _, n := range needs {
		if n.Read != version.Read || n.What == "count" || n.What == "empty" {
			return finding.Need{}, false
		}
	}
	return version, true
}

// before gives a counted version as it was before the function counted it on, by what is stored: what was read may be nil
// where there was no item. Every value that the function gives the version is one more than another one, or the first one.
func (p *Pins) before(n finding.Need) (code string, t types.Type, ok bool) {
	if _, counted := CountedVersion([]finding.Need{n}); !counted {
		return "", nil, false
	}
	for _, v := range p.Variables(p.Call.Pos()) {
		h, held := p.AttributeOf(v, n.Attr)
		if !held || h.Field == nil || !p.countsUp(h) {
			continue
		}
		if ok {
			return "", nil, false // which one of two is stored?
		}
		code, t, ok = h.Code+" - 1", h.Typ, true
	}
	return code, t, ok
}

// countsUp reports a field that gets one more than something, or the constant 1, before the write.
func (p *Pins) countsUp(h write.Held) bool {
	up, other := false, false
	ast.Inspect(p.Outermost(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IncDecStmt:
			if p.Sets(n.X, h) {
				up, other = up || n.Tok == token.INC, other || n.Tok == token.DEC
			}
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if !p.Sets(l, h) {
					continue
				}
				one := len(n.Lhs) == len(n.Rhs) && p.isOne(n.Rhs[i])
				more := len(n.Lhs) == len(n.Rhs) && (n.Tok == token.ASSIGN && p.oneMore(n.Rhs[i]) || n.Tok == token.ADD_ASSIGN && one)
				up = up || more
				other = other || !more && !(one && n.Tok == token.ASSIGN) || n.Pos() > p.Call.Pos()
			}
		}
		return true
	})
	return up && !other
}

// oneMore reports x + 1.
func (p *Pins) oneMore(e ast.Expr) bool {
	b, ok := ast.Unparen(e).(*ast.BinaryExpr)
	return ok && b.Op == token.ADD && (p.isOne(b.X) || p.isOne(b.Y))
}

// isOne reports the constant 1.
func (p *Pins) isOne(e ast.Expr) bool {
	v := p.Info.Types[e].Value
	return v != nil && v.Kind() == constant.Int && constant.Compare(v, token.EQL, constant.MakeInt64(1))
}
