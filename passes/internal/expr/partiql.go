package expr

import (
	"fmt"
	"strings"
)

// Statement is one PartiQL statement.
type Statement struct {
	Kind    string // SELECT, INSERT, UPDATE, DELETE or EXISTS
	Table   string
	Index   string             // of a SELECT FROM "table"."index"
	Columns []Path             // of a SELECT; nil for *
	Where   *Condition         // nil: none
	Actions []Action           // of an UPDATE, in the order written
	Item    map[string]Operand // of an INSERT
	// Returning is what an UPDATE or DELETE returns, in words: "ALL NEW",
	// "MODIFIED OLD"; "" for nothing.
	Returning string
	Params    int // how many "?" the statement has
}

// ParseStatement parses a PartiQL statement as DynamoDB takes it ("PartiQL
// for DynamoDB reference"). Parameters become the values "?0", "?1", … by
// position, literals stay as written (text in single quotes). IS MISSING
// becomes attribute_not_exists, IS NULL attribute_type(a, 'NULL'), set_add
// and set_delete on their own attribute the verbs ADD and DELETE. The error,
// if any, is a *SyntaxError.
func ParseStatement(text string) (*Statement, error) {
	p, err := newParser(text, nil, true)
	if err != nil {
		return nil, err
	}
	s, err := p.statement()
	if err != nil {
		return nil, err
	}
	p.punct(";")
	s.Params = p.params
	return s, p.expectEnd()
}

func (p *parser) statement() (*Statement, error) {
	switch {
	case p.keyword("SELECT"):
		return p.selectStatement()
	case p.keyword("INSERT"):
		return p.insertStatement()
	case p.keyword("UPDATE"):
		return p.updateStatement()
	case p.keyword("DELETE"):
		return p.deleteStatement()
	case p.keyword("EXISTS"):
		return p.existsStatement()
	}
	return nil, p.expected("SELECT, INSERT, UPDATE, DELETE or EXISTS")
}

func (p *parser) existsStatement() (*Statement, error) {
	if err := p.expectPunct("("); err != nil {
		return nil, err
	}
	if err := p.expectKeyword("SELECT"); err != nil {
		return nil, err
	}
	s, err := p.selectStatement()
	if err != nil {
		return nil, err
	}
	s.Kind = "EXISTS"
	return s, p.expectPunct(")")
}

func (p *parser) selectStatement() (*Statement, error) {
	s := &Statement{Kind: "SELECT"}
	if !p.punct("*") {
		if err := p.list(func() error {
			path, err := p.path()
			s.Columns = append(s.Columns, path)
			return err
		}); err != nil {
			return nil, err
		}
	}
	if err := p.expectKeyword("FROM"); err != nil {
		return nil, err
	}
	if err := p.target(s); err != nil {
		return nil, err
	}
	if err := p.where(s); err != nil {
		return nil, err
	}
	return s, p.orderBy()
}

// orderBy reads past ORDER BY: the order of a result decides nothing here.
func (p *parser) orderBy() error {
	if !p.keyword("ORDER") {
		return nil
	}
	if err := p.expectKeyword("BY"); err != nil {
		return err
	}
	return p.list(func() error {
		_, err := p.path()
		if !p.keyword("ASC") {
			p.keyword("DESC")
		}
		return err
	})
}

// target parses "table" or "table"."index".
func (p *parser) target(s *Statement) error {
	path, err := p.path()
	if err != nil {
		return err
	}
	s.Table = path.Name
	switch {
	case len(path.Rest) == 0:
		return nil
	case len(path.Rest) == 1 && !path.Rest[0].IsIndex:
		s.Index = path.Rest[0].Name
		return nil
	}
	return p.errorf("%s is no table and no index of one", path)
}

func (p *parser) where(s *Statement) (err error) {
	if p.keyword("WHERE") {
		s.Where, err = p.condition()
	}
	return err
}

func (p *parser) deleteStatement() (*Statement, error) {
	s := &Statement{Kind: "DELETE"}
	if err := p.expectKeyword("FROM"); err != nil {
		return nil, err
	}
	if err := p.target(s); err != nil {
		return nil, err
	}
	if err := p.where(s); err != nil {
		return nil, err
	}
	return s, p.returning(s)
}

// returning parses RETURNING ALL|MODIFIED OLD|NEW *.
func (p *parser) returning(s *Statement) error {
	if !p.keyword("RETURNING") {
		return nil
	}
	what := strings.ToUpper(p.peek().text)
	if !p.keyword("ALL") && !p.keyword("MODIFIED") {
		return p.expected("ALL or MODIFIED")
	}
	which := strings.ToUpper(p.peek().text)
	if !p.keyword("OLD") && !p.keyword("NEW") {
		return p.expected("OLD or NEW")
	}
	s.Returning = what + " " + which
	return p.expectPunct("*")
}

func (p *parser) insertStatement() (*Statement, error) {
	s := &Statement{Kind: "INSERT", Item: map[string]Operand{}}
	if err := p.expectKeyword("INTO"); err != nil {
		return nil, err
	}
	if err := p.target(s); err != nil {
		return nil, err
	}
	if err := p.expectKeyword("VALUE"); err != nil {
		return nil, err
	}
	if p.peek().kind == tokParam { // the whole item is one parameter
		o, err := p.operand()
		s.Item[""] = o
		return s, err
	}
	if err := p.expectPunct("{"); err != nil {
		return nil, err
	}
	return s, p.entries(func(name string, o Operand) { s.Item[name] = o })
}

// entries parses "'a': 1, 'b': ?}" after the opening brace.
func (p *parser) entries(add func(string, Operand)) error {
	if p.punct("}") {
		return nil
	}
	err := p.list(func() error {
		t := p.peek()
		if t.kind != tokString && t.kind != tokQuoted && t.kind != tokIdent {
			return p.expected("an attribute name in quotes")
		}
		p.next()
		if err := p.expectPunct(":"); err != nil {
			return err
		}
		o, err := p.operand()
		add(t.text, o)
		return err
	})
	if err != nil {
		return err
	}
	return p.expectPunct("}")
}

func (p *parser) updateStatement() (*Statement, error) {
	s := &Statement{Kind: "UPDATE"}
	if err := p.target(s); err != nil {
		return nil, err
	}
	for {
		var item func() (Action, error)
		switch {
		case p.keyword("SET"):
			item = p.partiqlSet
		case p.keyword("REMOVE"):
			item = p.partiqlRemove
		}
		if item == nil {
			break
		}
		if err := p.list(func() error {
			a, err := item()
			s.Actions = append(s.Actions, a)
			return err
		}); err != nil {
			return nil, err
		}
	}
	if len(s.Actions) == 0 {
		return nil, p.expected("SET or REMOVE")
	}
	if err := p.where(s); err != nil {
		return nil, err
	}
	return s, p.returning(s)
}

func (p *parser) partiqlRemove() (Action, error) {
	path, err := p.path()
	return Action{Verb: Remove, Path: path}, err
}

func (p *parser) partiqlSet() (Action, error) {
	path, err := p.path()
	if err != nil {
		return Action{}, err
	}
	if err := p.expectPunct("="); err != nil {
		return Action{}, err
	}
	for word, verb := range map[string]Verb{"set_add": Add, "set_delete": Delete} {
		if isKeyword(p.peek(), word) {
			return p.setFunctionAction(word, verb, path)
		}
	}
	value, err := p.setValue()
	return Action{Verb: Set, Path: path, Value: value}, err
}

// setFunctionAction parses set_add(a, v), assigned to a itself.
func (p *parser) setFunctionAction(word string, verb Verb, path Path) (Action, error) {
	p.next()
	args, err := p.args(word, 2, p.operand)
	if err != nil {
		return Action{}, err
	}
	if args[0].Kind != Attr || !args[0].Path.Equal(path) {
		return Action{}, p.errorf("%s takes the attribute it is assigned to, %s", word, path)
	}
	return Action{Verb: verb, Path: path, Value: args[1]}, nil
}

// is parses what follows "a IS".
func (p *parser) is(left Operand) (*Condition, error) {
	not := p.keyword("NOT")
	var c *Condition
	switch {
	case p.keyword("MISSING"):
		c = &Condition{Op: NotExists, Operands: []Operand{left}}
	case p.keyword("NULL"):
		c = &Condition{Op: TypeIs, Operands: []Operand{left, {Kind: Value, Value: "'NULL'"}}}
	default:
		return nil, p.expected("MISSING or NULL")
	}
	if left.Kind != Attr {
		return nil, p.errorf("IS takes an attribute path")
	}
	if !not {
		return c, nil
	}
	if c.Op == NotExists {
		c.Op = Exists
		return c, nil
	}
	return &Condition{Op: Not, Subs: []*Condition{c}}, nil
}

// partiqlPrimary parses a parameter, a literal or a path.
func (p *parser) partiqlPrimary() (term, error) {
	t := p.peek()
	switch {
	case t.kind == tokParam:
		p.next()
		p.params++
		return valueTerm(fmt.Sprintf("?%d", p.params-1)), nil
	case t.kind == tokString:
		p.next()
		return valueTerm(quote(t.text)), nil
	case t.kind == tokNumber:
		p.next()
		return valueTerm(t.text), nil
	case t.kind == tokPunct && t.text == "-" && p.peekAfter().kind == tokNumber:
		p.next()
		return valueTerm("-" + p.next().text), nil
	case isKeyword(t, "TRUE"), isKeyword(t, "FALSE"), isKeyword(t, "NULL"), isKeyword(t, "MISSING"):
		p.next()
		return valueTerm(strings.ToUpper(t.text)), nil
	case t.kind == tokPunct && (t.text == "[" || t.text == "<<" || t.text == "{"):
		return p.collection()
	}
	return p.pathTerm()
}

func valueTerm(v string) term { return term{operand: Operand{Kind: Value, Value: v}} }

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// collection parses a list, set or map literal; Args hold its members and
// Value its text, parameters numbered.
func (p *parser) collection() (term, error) {
	if err := p.enter(); err != nil {
		return term{}, err
	}
	defer p.leave()
	opening := p.next().text
	o := Operand{Kind: Value}
	if opening == "{" {
		var parts []string
		err := p.entries(func(name string, v Operand) {
			o.Args, o.Names = append(o.Args, v), append(o.Names, name)
			parts = append(parts, quote(name)+": "+v.String())
		})
		o.Value = "{" + strings.Join(parts, ", ") + "}"
		return term{operand: o}, err
	}
	closing := map[string]string{"[": "]", "<<": ">>"}[opening]
	if !p.punct(closing) {
		err := p.list(func() error {
			v, err := p.operand()
			o.Args = append(o.Args, v)
			return err
		})
		if err != nil {
			return term{}, err
		}
		if err := p.expectPunct(closing); err != nil {
			return term{}, err
		}
	}
	o.Value = opening + joinOperands(o.Args, ", ") + closing
	return term{operand: o}, nil
}
