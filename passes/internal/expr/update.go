package expr

// ParseUpdate parses an update expression into its actions, in the order
// written. names and the error are as for ParseCondition.
func ParseUpdate(text string, names func(placeholder string) (attribute string, ok bool)) ([]Action, error) {
	p, err := newParser(text, names, false)
	if err != nil {
		return nil, err
	}
	var out []Action
	seen := map[Verb]bool{}
	for {
		verb, err := p.verb(seen)
		if err != nil {
			return nil, err
		}
		err = p.list(func() error {
			a, err := p.action(verb)
			out = append(out, a)
			return err
		})
		if err != nil {
			return nil, err
		}
		if p.peek().kind == tokEnd {
			return out, nil
		}
	}
}

// verb takes the keyword of a clause; each may occur once.
func (p *parser) verb(seen map[Verb]bool) (Verb, error) {
	for _, v := range []Verb{Set, Remove, Add, Delete} {
		if !isKeyword(p.peek(), string(v)) {
			continue
		}
		if seen[v] {
			return "", p.errorf("the %s section can only be used once", v)
		}
		seen[v] = true
		p.next()
		return v, nil
	}
	return "", p.expected("SET, REMOVE, ADD or DELETE")
}

func (p *parser) action(verb Verb) (Action, error) {
	path, err := p.path()
	if err != nil {
		return Action{}, err
	}
	a := Action{Verb: verb, Path: path}
	switch verb {
	case Set:
		if err := p.expectPunct("="); err != nil {
			return Action{}, err
		}
		a.Value, err = p.setValue()
	case Add, Delete:
		t := p.peek()
		if t.kind != tokValue {
			return Action{}, p.expected("a value such as :v")
		}
		p.next()
		a.Value = Operand{Kind: Value, Value: t.text}
	}
	return a, err
}

// setValue parses "operand", "operand + operand" or "operand - operand". The
// grammar has no longer sums.
func (p *parser) setValue() (Operand, error) {
	left, err := p.setOperand()
	if err != nil {
		return Operand{}, err
	}
	kind := NoOperand
	switch {
	case p.punct("+"):
		kind = Plus
	case p.punct("-"):
		kind = Minus
	default:
		return left, nil
	}
	right, err := p.setOperand()
	return Operand{Kind: kind, Args: []Operand{left, right}}, err
}

func (p *parser) setOperand() (Operand, error) {
	if err := p.enter(); err != nil {
		return Operand{}, err
	}
	defer p.leave()
	t := p.peek()
	switch {
	case t.kind == tokPunct && t.text == "(":
		p.next()
		o, err := p.setValue()
		if err != nil {
			return Operand{}, err
		}
		return o, p.expectPunct(")")
	case t.kind == tokIdent && p.peekAfter().kind == tokPunct && p.peekAfter().text == "(":
		return p.setFunction()
	case t.kind == tokValue:
		p.next()
		return Operand{Kind: Value, Value: t.text}, nil
	case p.partiql:
		return p.operand()
	}
	term, err := p.pathTerm()
	return term.operand, err
}

func (p *parser) setFunction() (Operand, error) {
	switch name := p.peek().text; name {
	case "if_not_exists":
		p.next()
		args, err := p.args(name, 2, p.setOperand)
		if err != nil {
			return Operand{}, err
		}
		if args[0].Kind != Attr {
			return Operand{}, p.errorf("%s takes an attribute path first", name)
		}
		return Operand{Kind: IfNotExists, Path: args[0].Path, Args: args[1:]}, nil
	case "list_append":
		p.next()
		args, err := p.args(name, 2, p.setOperand)
		return Operand{Kind: ListAppend, Args: args}, err
	}
	return Operand{}, p.errorf("%s is no function of update expressions", p.peek())
}

// ParseProjection parses a projection expression: paths separated by commas.
// names and the error are as for ParseCondition.
func ParseProjection(text string, names func(placeholder string) (attribute string, ok bool)) ([]Path, error) {
	p, err := newParser(text, names, false)
	if err != nil {
		return nil, err
	}
	var out []Path
	err = p.list(func() error {
		path, err := p.path()
		out = append(out, path)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, p.expectEnd()
}
