//go:build modules

package dynamo

// The packages that the tests load by name, and those that only fixtures import. Nothing is built with this tag; it keeps their modules in go.mod.
import (
	_ "github.com/aws/aws-lambda-go/events"
	_ "github.com/aws/aws-sdk-go-v2/aws"
	_ "github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	_ "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	_ "github.com/aws/aws-sdk-go-v2/service/sns"
	_ "github.com/aws/aws-sdk-go-v2/service/sqs"
	_ "github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	_ "github.com/aws/aws-sdk-go/service/dynamodb/expression"
	_ "github.com/aws/smithy-go/ptr"
	_ "github.com/google/uuid"
	_ "github.com/guregu/dynamo"
	_ "github.com/guregu/dynamo/v2"
	_ "gopkg.in/yaml.v3"
)
