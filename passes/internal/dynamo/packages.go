package dynamo

import "strings"

// Import paths of the packages that this package knows by name.
const (
	serviceV2    = "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	serviceV1    = "github.com/aws/aws-sdk-go/service/dynamodb"
	typesV2      = serviceV2 + "/types"
	streamsV2    = "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamsV1    = "github.com/aws/aws-sdk-go/service/dynamodbstreams"
	streamTypes  = streamsV2 + "/types"
	lambdaEvents = "github.com/aws/aws-lambda-go/events"
	expressionV2 = "github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	expressionV1 = serviceV1 + "/expression"
	marshalV2    = "github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	streamsAV    = "github.com/aws/aws-sdk-go-v2/feature/dynamodbstreams/attributevalue"
	marshalV1    = serviceV1 + "/dynamodbattribute"
	guregu       = "github.com/guregu/dynamo"
)

// servicePackages declare the inputs and outputs of operations. The DAX clients take these same types.
var servicePackages = map[string]bool{serviceV2: true, serviceV1: true}

// sdkModules are the modules whose code is described by the tables of this package.
var sdkModules = []string{
	"github.com/aws/aws-sdk-go-v2",
	"github.com/aws/aws-sdk-go",
	"github.com/aws/smithy-go",
	"github.com/aws/aws-dax-go-v2",
	"github.com/aws/aws-dax-go",
	"github.com/aws/aws-lambda-go",
	"github.com/aws/aws-xray-sdk-go",
	guregu,
}

// reaching are packages whose direct import makes a package worth analysing, besides the packages below them.
var reaching = []string{
	serviceV2,
	serviceV1,
	streamsV2,
	streamsV1,
	"github.com/aws/aws-sdk-go/service/dax",
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb",
	"github.com/aws/aws-sdk-go-v2/feature/dynamodbstreams",
	"github.com/aws/aws-dax-go-v2",
	"github.com/aws/aws-dax-go",
	lambdaEvents,
	guregu,
}

// SDKPackage reports whether the import path belongs to the AWS SDKs (v1, v2, smithy, DAX, Lambda) or to guregu/dynamo,
// whose code is described by tables and is never analysed.
func SDKPackage(path string) bool { return below(path, sdkModules) }

// ReachesDynamoDB reports whether importing path directly makes a package worth analysing: it can then issue requests,
// build them, or handle stream records.
func ReachesDynamoDB(path string) bool { return below(path, reaching) }

// below reports whether path is one of roots or a package below one, a major version suffix included.
func below(path string, roots []string) bool {
	for _, root := range roots {
		if rest, ok := strings.CutPrefix(path, root); ok && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}
