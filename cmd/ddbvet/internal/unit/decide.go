package unit

import (
	"os"
	"strings"
)

// Options are the flags of the vettool that the decision depends on.
type Options struct {
	// Tests keeps _test.go files.
	Tests bool
	// Handover tells that the gate runs us: every package of the local modules hands its summaries over.
	Handover bool
}

// tables are modules that ddbvet knows by heart: what their functions mean stands in a table,
// so their source is never looked at.
var tables = []string{
	"github.com/aws/aws-sdk-go",
	"github.com/aws/aws-sdk-go-v2",
	"github.com/aws/smithy-go",
	"github.com/aws/aws-dax-go",
	"github.com/aws/aws-dax-go-v2",
	"github.com/aws/aws-lambda-go",
}

// entrances are the packages through which a package of another module comes to speak of DynamoDB.
// Each stands for the packages below it too: .../service/dynamodb/types, .../dynamodbiface.
var entrances = []string{
	"github.com/aws/aws-sdk-go-v2/service/dynamodb",
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams",
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb",
	"github.com/aws/aws-sdk-go-v2/feature/dynamodbstreams",
	"github.com/aws/aws-sdk-go/service/dynamodb",
	"github.com/aws/aws-sdk-go/service/dynamodbstreams",
	"github.com/aws/aws-dax-go",
	"github.com/aws/aws-dax-go-v2",
	"github.com/aws/aws-lambda-go/events",
}

// A decision is what becomes of a unit.
type decision struct {
	// skip: the unit gets empty facts and is not parsed.
	skip bool
	// files are the files that are left when it is not skipped.
	files []string
	// report: the unit hands over though the go command asked for facts only.
	report bool
}

// decide takes the decision from the configuration alone.
func decide(c *config, o Options) decision {
	d := decision{files: c.GoFiles}
	if !o.Tests {
		// The go command gives a package together with its tests: without their files that unit is the package
		// itself, and a unit of external tests is empty.
		d.files = withoutTests(c.GoFiles)
	}
	if len(d.files) == 0 || !c.relevant() {
		return decision{skip: true}
	}
	d.report = o.Handover && c.isLocal()
	return d
}

// relevant tells whether summaries of the unit can mean anything. Local packages are always summarised: a
// service behind ports imports no SDK at all. Their module's requirements are not asked: the go command
// would keep the empty facts when the SDK is required later.
func (c *config) relevant() bool {
	if underAny(c.path(), tables) {
		return false
	}
	if c.isLocal() {
		return true
	}
	for _, path := range c.ImportMap {
		if underAny(path, entrances) || c.carriesFacts(path) {
			return true
		}
	}
	return false
}

// carriesFacts tells whether a direct import was summarised.
func (c *config) carriesFacts(path string) bool {
	file, ok := c.PackageVetx[path]
	if !ok {
		return false
	}
	info, err := os.Stat(file)
	return err == nil && info.Size() > 0
}

func withoutTests(files []string) []string {
	var kept []string
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") {
			kept = append(kept, f)
		}
	}
	return kept
}

func underAny(path string, roots []string) bool {
	for _, r := range roots {
		if path == r || strings.HasPrefix(path, r+"/") {
			return true
		}
	}
	return false
}
