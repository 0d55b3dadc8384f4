package fix

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// failLeft lets a function fail that has sent again a number of times what a batch has left, and then returns success:
// before that return it asks whether something is left. What is left must be in a variable from outside the loop.
func failLeft(src *Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.at(f.Pos)
	if !ok || !needs(f, "failure") {
		return finding.Fix{}, false
	}
	call, _ := s.sdkCall()
	if call == nil {
		return finding.Fix{}, false
	}
	loop, after := s.around(call).loop()
	ret, ok := after.(*ast.ReturnStmt)
	if !ok || len(ret.Results) == 0 || !isNil(ret.Results[len(ret.Results)-1]) {
		return finding.Fix{}, false
	}
	left := s.keptLeft(loop)
	d := src.draft()
	errs, ok := d.use(s, "errors", "errors")
	if left == "" || !ok {
		return finding.Fix{}, false
	}
	text, ok := s.returning(errs + ".New(\"the batch was not carried out in full\")")
	if !ok {
		return finding.Fix{}, false
	}
	d.insert(s.file, ret.Pos(), "if len("+left+") > 0 {\n"+text+"\n}\n")
	return d.fix("fail when something is left after the last attempt", true)
}

func needs(f *finding.Finding, what string) bool {
	return len(f.Needs) > 0 && f.Needs[0].What == what
}

func isNil(e ast.Expr) bool { return named(ast.Unparen(e), "nil") }

// loop gives the innermost loop around a place and the statement behind it.
func (s *site) loop() (loop ast.Stmt, after ast.Stmt) {
	for i, n := range s.path {
		switch n := n.(type) {
		case *ast.ForStmt:
			loop = n
		case *ast.RangeStmt:
			loop = n
		case *ast.FuncLit, *ast.FuncDecl:
			return nil, nil
		}
		if loop == nil || i+1 >= len(s.path) {
			continue
		}
		block, ok := s.path[i+1].(*ast.BlockStmt)
		if !ok {
			return nil, nil
		}
		for k, st := range block.List {
			if st == loop && k+1 < len(block.List) {
				return loop, block.List[k+1]
			}
		}
		return nil, nil
	}
	return nil, nil
}

// keptLeft names the variable, or the field of one, from outside a loop that the loop gives what is left.
func (s *site) keptLeft(loop ast.Node) string {
	found := ""
	ast.Inspect(loop, func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || as.Tok != token.ASSIGN || len(as.Lhs) != len(as.Rhs) {
			return true
		}
		for i, r := range as.Rhs {
			sel, ok := ast.Unparen(r).(*ast.SelectorExpr)
			if !ok || !named(sel.Sel, dynamo.UnprocessedItems, dynamo.UnprocessedKeys) {
				continue
			}
			root := ast.Unparen(as.Lhs[i])
			if part, ok := root.(*ast.SelectorExpr); ok {
				root = part.X
			}
			if id, ok := root.(*ast.Ident); ok {
				if v := s.Info.ObjectOf(id); v != nil && v.Pos() < loop.Pos() {
					found = s.text(as.Lhs[i])
				}
			}
		}
		return true
	})
	return found
}

// countItems counts the requests that a batch has left where the program has counted their tables.
func countItems(src *Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.at(f.Pos)
	if !ok || !needs(f, "count") {
		return finding.Fix{}, false
	}
	call, _ := s.sdkCall()
	if call == nil {
		return finding.Fix{}, false
	}
	st, block := s.around(call).statement()
	var length *ast.CallExpr
	var within ast.Stmt
	for _, other := range block {
		if other.Pos() <= st.Pos() {
			continue
		}
		ast.Inspect(other, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok || !named(c.Fun, "len") || len(c.Args) != 1 {
				return true
			}
			sel, ok := ast.Unparen(c.Args[0]).(*ast.SelectorExpr)
			_, isMap := s.Info.TypeOf(c.Args[0]).Underlying().(*types.Map)
			if ok && isMap && named(sel.Sel, dynamo.UnprocessedItems) && s.counted(other, c) {
				length, within = c, other
			}
			return true
		})
	}
	if length == nil {
		return finding.Fix{}, false
	}
	if branch, ok := within.(*ast.IfStmt); ok && branch.Init != nil {
		return finding.Fix{}, false
	}
	at := s.around(within)
	left, requests := at.fresh("left", "undone"), at.fresh("requests", "writes")
	d := src.draft()
	d.insert(s.file, within.Pos(), left+" := 0\nfor _, "+requests+" := range "+s.text(length.Args[0])+" {\n"+left+" += len("+requests+")\n}\n")
	d.swap(s, length, left)
	return d.fix("count the items of all tables, not the tables", false)
}

// counted reports a length that is added to or taken from a number.
func (s *site) counted(in ast.Node, length ast.Expr) bool {
	found := false
	ast.Inspect(in, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			found = found || (n.Op == token.ADD || n.Op == token.SUB) && (ast.Unparen(n.X) == length || ast.Unparen(n.Y) == length)
		case *ast.AssignStmt:
			found = found || (n.Tok == token.ADD_ASSIGN || n.Tok == token.SUB_ASSIGN) && ast.Unparen(n.Rhs[0]) == length
		}
		return true
	})
	return found
}
