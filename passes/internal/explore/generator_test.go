//go:build conformance

package explore

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generator makes random calls, most of them sensible, on few keys and few
// attributes, so that they meet.
type generator struct {
	*rand.Rand
	sequence int
	last     []byte // the last TransactWriteItems with a token
}

func (g *generator) tables() []Table {
	return []Table{
		{Name: g.name("T"), Partition: "pk", Sort: "sk:N", Indexes: []Index{
			{Name: "by_g", Partition: "g", Sort: "h:N"},
			{Name: "by_s", Partition: "s", Project: []string{"a"}},
		}},
		{Name: g.name("U"), Partition: "id"},
	}
}

// name makes a table's name unique on a server that several sequences share.
func (g *generator) name(table string) string { return fmt.Sprintf("%s_%d", table, g.sequence) }

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func pickOne[T any](g *generator, of ...T) T { return of[g.IntN(len(of))] }

func str(s string) object { return object{"S": s} }
func num(n int) object    { return object{"N": fmt.Sprint(n)} }

func (g *generator) table() string {
	if g.chance(75) {
		return g.name("T")
	}
	return g.name("U")
}

// key makes a key, now and then a wrong one.
func (g *generator) key(table string) object {
	k := object{"id": str(pickOne(g, "x", "y"))}
	if strings.HasPrefix(table, "T") {
		k = object{"pk": str(pickOne(g, "p", "q")), "sk": num(g.IntN(3))}
	}
	switch {
	case g.chance(1):
		delete(k, pickOne(g, "sk", "id"))
	case g.chance(1):
		k["other"] = num(1)
	case g.chance(1):
		k[pickOne(g, "sk", "id")] = pickOne(g, str("text"), object{"BOOL": true})
	}
	return k
}

func (g *generator) item(table string) object {
	it := g.key(table)
	for name := range g.attributes() {
		it[name] = g.typical(name)
	}
	return it
}

func (g *generator) attributes() object {
	out := object{}
	for _, name := range []string{"a", "b", "s", "g", "h", "l", "m", "ss", "ns", "bin", "flag", "none"} {
		if g.chance(45) {
			out[name] = true
		}
	}
	return out
}

// typical gives a value of the type that the attribute usually has.
func (g *generator) typical(name string) object {
	if g.chance(4) && name != "g" && name != "h" && name != "s" {
		return g.anyValue(2)
	}
	switch name {
	case "s", "g":
		return str(pickOne(g, "u", "v", "uv"))
	case "l":
		return object{"L": g.list(1)}
	case "m":
		m := object{}
		for _, k := range []string{"x", "y"} {
			if g.chance(60) {
				m[k] = g.anyValue(1)
			}
		}
		return object{"M": m}
	case "ss":
		return object{"SS": pickOne(g, []string{"u"}, []string{"u", "v"}, []string{"v", "w"})}
	case "ns":
		return object{"NS": pickOne(g, []string{"1"}, []string{"1", "2"}, []string{"2.50", "3"})}
	case "bin":
		return object{"B": pickOne(g, "AA==", "AAE=", "AQ==")}
	case "flag":
		return object{"BOOL": g.chance(50)}
	case "none":
		return object{"NULL": true}
	}
	return g.number()
}

func (g *generator) number() object {
	return object{"N": pickOne(g, "0", "1", "2", "3", "-1", "1.5", "0.10", "1e2", "-2.5E-1", "12345678901234567890123456789012345678", "1e125", "1E-130")}
}

func (g *generator) anyValue(depth int) object {
	kinds := []string{"a", "s", "flag", "none", "ss", "ns", "bin"}
	if depth > 0 {
		kinds = append(kinds, "L", "M")
	}
	switch kind := pickOne(g, kinds...); kind {
	case "L":
		return object{"L": g.list(depth - 1)}
	case "M":
		return object{"M": object{"x": g.anyValue(depth - 1)}}
	default:
		return g.plain(kind)
	}
}

func (g *generator) plain(kind string) object {
	switch kind {
	case "a":
		return num(g.IntN(3))
	case "s":
		return str(pickOne(g, "u", "v"))
	case "flag":
		return object{"BOOL": true}
	case "none":
		return object{"NULL": true}
	case "ss":
		return object{"SS": []string{"u", "v"}}
	case "ns":
		return object{"NS": []string{"1", "2"}}
	}
	return object{"B": "AA=="}
}

func (g *generator) list(depth int) []object {
	out := []object{}
	for range g.IntN(4) {
		out = append(out, g.anyValue(depth))
	}
	return out
}

// names and values collects the placeholders of one request.
type placeholders struct {
	g             *generator
	names, values object
}

func (g *generator) placeholders() *placeholders {
	return &placeholders{g, object{}, object{}}
}

func (p *placeholders) value(v object) string {
	name := fmt.Sprintf(":v%d", len(p.values))
	p.values[name] = v
	return name
}

// path writes an attribute, behind a placeholder at times; "name" and
// "status" are reserved words.
func (p *placeholders) path(name string) string {
	head, rest := name, ""
	if i := strings.IndexAny(name, ".["); i >= 0 {
		head, rest = name[:i], name[i:]
	}
	if p.g.chance(20) {
		p.names["#"+head] = head
		return "#" + head + rest
	}
	return name
}

func (p *placeholders) into(in object) object {
	if len(p.names) > 0 {
		in["ExpressionAttributeNames"] = p.names
	}
	if len(p.values) > 0 {
		in["ExpressionAttributeValues"] = p.values
	}
	switch {
	case p.g.chance(1) && len(p.values) > 0:
		p.values[":unused"] = num(1)
		in["ExpressionAttributeValues"] = p.values
	case p.g.chance(1):
		delete(p.values, ":v0")
	}
	return in
}

func (g *generator) attribute() string {
	return pickOne(g, "a", "b", "a", "b", "s", "g", "h", "l", "m", "ss", "ns", "bin", "flag", "none", "m.x", "m.y", "l[0]", "l[1]", "pk", "id", "m.x.x", "l[0].x", "l[4]", "zz")
}

// like gives a value that fits the attribute, mostly.
func (p *placeholders) like(name string) string {
	switch {
	case p.g.chance(5) && name != "a":
		return p.path(p.g.attribute())
	case p.g.chance(6):
		return p.value(p.g.anyValue(1))
	case name == "pk":
		return p.value(str(pickOne(p.g, "p", "q")))
	case name == "id":
		return p.value(str("x"))
	case strings.HasPrefix(name, "m.") || strings.HasPrefix(name, "l["):
		return p.value(num(p.g.IntN(3)))
	}
	return p.value(p.g.typical(name))
}

func (p *placeholders) condition(depth int) string {
	g := p.g
	if depth > 0 && g.chance(45) {
		switch g.IntN(4) {
		case 0:
			return p.condition(depth-1) + " AND " + p.condition(depth-1)
		case 1:
			return p.condition(depth-1) + " or " + p.condition(depth-1)
		case 2:
			return "NOT " + p.condition(depth-1)
		}
		return "(" + p.condition(depth-1) + ")"
	}
	name := g.attribute()
	path := p.path(name)
	switch g.IntN(12) {
	case 0, 1:
		return "attribute_exists(" + path + ")"
	case 2, 3:
		return "attribute_not_exists(" + path + ")"
	case 4:
		return "attribute_type(" + path + ", " + p.value(str(pickOne(g, "S", "N", "L", "M", "SS", "BOOL", "NULL", "B", "NS"))) + ")"
	case 5:
		return "begins_with(" + p.path(pickOne(g, "s", "g", "bin", name)) + ", " + p.value(pickOne(g, str("u"), str("uv"), object{"B": "AA=="})) + ")"
	case 6:
		return "contains(" + p.path(pickOne(g, "s", "l", "ss", "ns", "bin", name)) + ", " + p.value(g.plain(pickOne(g, "a", "s", "bin"))) + ")"
	case 7:
		return "size(" + path + ") " + p.comparator() + " " + p.value(num(g.IntN(4)))
	case 8:
		low, high := g.IntN(3), g.IntN(3)
		return p.path(pickOne(g, "a", "b", "h")) + " BETWEEN " + p.value(num(low)) + " and " + p.value(num(high))
	case 9:
		return path + " IN (" + p.like(name) + ", " + p.like(name) + ")"
	}
	return path + " " + p.comparator() + " " + p.like(name)
}

func (p *placeholders) comparator() string { return pickOne(p.g, "=", "=", "<>", "<", "<=", ">", ">=") }

func (p *placeholders) update() string {
	clauses := map[string][]string{}
	for range 1 + p.g.IntN(3) {
		verb := pickOne(p.g, "SET", "SET", "SET", "REMOVE", "ADD", "DELETE")
		clauses[verb] = append(clauses[verb], p.action(verb))
	}
	var out []string
	for _, verb := range []string{"SET", "REMOVE", "ADD", "DELETE"} {
		if c := clauses[verb]; c != nil {
			out = append(out, verb+" "+strings.Join(c, ", "))
		}
	}
	return strings.Join(out, " ")
}

func (p *placeholders) action(verb string) string {
	g := p.g
	name := g.attribute()
	for (name == "pk" || name == "id") && g.chance(90) {
		name = g.attribute()
	}
	switch verb {
	case "REMOVE":
		return p.path(name)
	case "ADD":
		name = pickOne(g, "a", "b", "ss", "ns", "m.x", name)
		if name == "s" || name == "g" || name == "h" { // Local lets ADD put anything into an index's key
			name = "a"
		}
		return p.path(name) + " " + p.value(p.setOrNumber(name))
	case "DELETE":
		name = pickOne(g, "ss", "ns", name)
		return p.path(name) + " " + p.value(p.setOrNumber(name))
	}
	return p.path(name) + " = " + p.setValue(name)
}

func (p *placeholders) setOrNumber(name string) object {
	switch {
	case p.g.chance(3):
		return str("u")
	case name == "ss" || name == "ns":
		return p.g.typical(name)
	}
	return pickOne(p.g, p.g.number(), num(1), object{"SS": []string{"u"}})
}

func (p *placeholders) setValue(name string) string {
	g := p.g
	if name == "s" || name == "g" || name == "h" {
		// Local checks what is put into an index's key only if it is a value.
		return p.value(g.typical(name))
	}
	switch g.IntN(6) {
	case 0:
		return p.path(pickOne(g, "a", "b", name)) + pickOne(g, " + ", " - ") + p.value(g.number())
	case 1:
		return "if_not_exists(" + p.path(pickOne(g, "a", "b", name)) + ", " + p.value(num(0)) + ") + " + p.value(num(1))
	case 2:
		return "list_append(" + p.path("l") + ", " + p.value(object{"L": g.list(0)}) + ")"
	case 3:
		return "list_append(if_not_exists(l, " + p.value(object{"L": g.list(0)}) + "), " + p.value(object{"L": g.list(0)}) + ")"
	}
	return p.like(name)
}

func (p *placeholders) projection() string {
	var out []string
	for range 1 + p.g.IntN(3) {
		out = append(out, p.path(p.g.attribute()))
	}
	return strings.Join(out, ", ")
}

func (g *generator) call() call {
	op := pickOne(g, "GetItem", "PutItem", "PutItem", "PutItem", "UpdateItem", "UpdateItem", "UpdateItem", "DeleteItem",
		"Query", "Query", "Scan", "BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems", "TransactWriteItems")
	var in object
	switch op {
	case "GetItem":
		in = g.get()
	case "PutItem", "UpdateItem", "DeleteItem":
		in = g.write(op)
		if g.chance(60) {
			in["ReturnValues"] = pickOne(g, "NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW")
		}
		if text, _ := in["UpdateExpression"].(string); strings.ContainsAny(text, "[.") && strings.HasPrefix(fmt.Sprint(in["ReturnValues"]), "UPDATED_") {
			in["ReturnValues"] = "ALL_NEW" // Local shows now the nested path, now the whole attribute
		}
	case "Query":
		in = g.query()
	case "Scan":
		in = g.scan()
	case "BatchGetItem":
		in = g.batchGet()
	case "BatchWriteItem":
		in = g.batchWrite()
	case "TransactGetItems":
		in = g.transactGet()
	case "TransactWriteItems":
		if g.last != nil && g.chance(20) {
			return call{op: op, body: g.last, leave: -1}
		}
		in = g.transactWrite()
		if in["ClientRequestToken"] != nil {
			g.last = encode(in)
		}
	}
	return call{op: op, body: encode(in), leave: -1}
}

func (g *generator) get() object {
	table := g.table()
	in := object{"TableName": table, "Key": g.key(table)}
	if g.chance(2) {
		in["TableName"] = "nowhere"
	}
	p := g.placeholders()
	if g.chance(40) {
		in["ProjectionExpression"] = p.projection()
	}
	return p.into(in)
}

// write makes a put, update or delete, which transactions take as well.
func (g *generator) write(op string) object {
	table := g.table()
	in := object{"TableName": table}
	p := g.placeholders()
	switch op {
	case "PutItem":
		in["Item"] = g.item(table)
	case "UpdateItem":
		in["Key"] = g.key(table)
		in["UpdateExpression"] = p.update()
	default:
		in["Key"] = g.key(table)
	}
	if g.chance(40) || op == "ConditionCheck" {
		in["ConditionExpression"] = p.condition(2)
	}
	return p.into(in)
}

func (g *generator) query() object {
	p := g.placeholders()
	in := object{"TableName": g.name("T"), "ScanIndexForward": g.chance(50)}
	partition, sortKey := "pk", "sk"
	value := str(pickOne(g, "p", "q"))
	switch g.IntN(4) {
	case 0:
		in["IndexName"], partition, sortKey, value = "by_g", "g", "h", str(pickOne(g, "u", "v"))
	case 1:
		in["IndexName"], partition, sortKey, value = "by_s", "s", "", str(pickOne(g, "u", "v"))
	}
	condition := p.path(partition) + " = " + p.value(value)
	if sortKey != "" && g.chance(50) {
		switch g.IntN(3) {
		case 0:
			low := g.IntN(2)
			condition += " AND " + p.path(sortKey) + " BETWEEN " + p.value(num(low)) + " AND " + p.value(num(low+1))
		default:
			condition = p.path(sortKey) + " " + pickOne(g, "=", "<", "<=", ">", ">=", "<>") + " " + p.value(num(g.IntN(3))) + " AND " + condition
		}
	}
	in["KeyConditionExpression"] = condition
	if in["IndexName"] == nil && g.chance(30) {
		in["Limit"] = g.IntN(4)
	}
	if in["IndexName"] == nil && g.chance(20) {
		in["ExclusiveStartKey"] = object{"pk": value, "sk": num(g.IntN(3))}
	}
	return p.into(g.reading(in, p))
}

func (g *generator) scan() object {
	in := object{"TableName": g.table()}
	if in["TableName"] == g.name("T") && g.chance(40) {
		in["IndexName"] = pickOne(g, "by_g", "by_s", "by_none")
	}
	p := g.placeholders()
	return p.into(g.reading(in, p))
}

// reading adds what Query and Scan share.
func (g *generator) reading(in object, p *placeholders) object {
	if in["IndexName"] == "by_s" { // Local is of two minds about attributes that it does not hold
		if g.chance(40) {
			in["FilterExpression"] = p.path("a") + " " + p.comparator() + " " + p.like("a")
		}
		return in
	}
	if g.chance(40) {
		in["FilterExpression"] = p.condition(1)
	}
	switch {
	case g.chance(20):
		in["Select"] = pickOne(g, "COUNT", "SPECIFIC_ATTRIBUTES")
	case in["IndexName"] == nil && g.chance(10):
		in["Select"] = "ALL_ATTRIBUTES"
	case g.chance(20):
		in["ProjectionExpression"] = p.projection()
	case g.chance(10):
		in["ConsistentRead"] = true
	}
	return in
}

func (g *generator) batchGet() object {
	keys := map[string][]object{}
	for range 1 + g.IntN(3) {
		table := g.table()
		keys[table] = append(keys[table], g.key(table))
	}
	requests := object{}
	for table, ks := range keys {
		requests[table] = object{"Keys": ks}
	}
	return object{"RequestItems": requests}
}

func (g *generator) batchWrite() object {
	requests := map[string][]object{}
	for range 1 + g.IntN(3) {
		table := g.table()
		w := object{"PutRequest": object{"Item": g.item(table)}}
		if g.chance(40) {
			w = object{"DeleteRequest": object{"Key": g.key(table)}}
		}
		requests[table] = append(requests[table], w)
	}
	return object{"RequestItems": requests}
}

func (g *generator) transactGet() object {
	var items []object
	for range 1 + g.IntN(3) {
		items = append(items, object{"Get": g.get()})
	}
	return object{"TransactItems": items}
}

func (g *generator) transactWrite() object {
	var items []object
	for range 1 + g.IntN(3) {
		op := pickOne(g, "ConditionCheck", "Put", "Update", "Update", "Delete")
		full := op + "Item"
		if op == "ConditionCheck" {
			full = op
		}
		items = append(items, object{op: g.write(full)})
	}
	in := object{"TransactItems": items}
	if g.chance(30) { // few tokens, so that some come again
		in["ClientRequestToken"] = fmt.Sprintf("token-%d-%d", g.sequence, g.IntN(5))
	}
	return in
}
