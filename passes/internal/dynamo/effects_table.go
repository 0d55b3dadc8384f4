package dynamo

import "strings"

// effectGroups are the functions whose effects are known. Standard library and modules of go.mod are checked by a test
// against the packages themselves.
var effectGroups = []effectGroup{
	// Pointers and attribute values.
	copies(0, "github.com/aws/aws-sdk-go-v2/aws: "+pointersV2()),
	copies(0, "github.com/aws/smithy-go/ptr: "+pointersV2()),
	copies(0, "github.com/aws/aws-sdk-go/aws: "+pointersV1()),
	copies(0, marshalV2+": Marshal MarshalWithOptions MarshalMap MarshalMapWithOptions MarshalList MarshalListWithOptions "+
		"MarshalJSON MarshalMapJSON MarshalListJSON UnmarshalJSON UnmarshalMapJSON UnmarshalListJSON "+
		"FromDynamoDBStreams FromDynamoDBStreamsMap FromDynamoDBStreamsList Number.Float64 Number.Int64 Number.String Number.Uint64"),
	copies(1, marshalV2+": *Encoder.Encode"),
	decodes(0, 1, marshalV2+": Unmarshal UnmarshalWithOptions UnmarshalMap UnmarshalMapWithOptions UnmarshalList "+
		"UnmarshalListWithOptions UnmarshalListOfMaps UnmarshalListOfMapsWithOptions"),
	decodes(1, 2, marshalV2+": *Decoder.Decode"),
	copies(0, streamsAV+": FromDynamoDB FromDynamoDBMap FromDynamoDBList Marshal MarshalMap MarshalList"),
	decodes(0, 1, streamsAV+": Unmarshal UnmarshalMap UnmarshalList UnmarshalListOfMaps"),
	copies(0, marshalV1+": Marshal MarshalMap MarshalList ConvertTo ConvertToMap ConvertToList "+
		"Number.Float64 Number.Int64 Number.String"),
	copies(1, marshalV1+": *Encoder.Encode"),
	decodes(0, 1, marshalV1+": Unmarshal UnmarshalMap UnmarshalList UnmarshalListOfMaps ConvertFrom ConvertFromMap ConvertFromList"),
	decodes(1, 2, marshalV1+": *Decoder.Decode"),
	copies(0, guregu+": Marshal MarshalItem Table.Name"),
	decodes(0, 1, guregu+": Unmarshal UnmarshalItem"),
	copies(0, guregu+"/v2: Marshal MarshalItem Table.Name"),
	decodes(0, 1, guregu+"/v2: Unmarshal UnmarshalItem"),
	copies(0, lambdaEvents+": DynamoDBAttributeValue.String DynamoDBAttributeValue.Number DynamoDBAttributeValue.Integer "+
		"DynamoDBAttributeValue.Float DynamoDBAttributeValue.Boolean DynamoDBAttributeValue.Binary "+
		"DynamoDBAttributeValue.BinarySet DynamoDBAttributeValue.NumberSet DynamoDBAttributeValue.StringSet "+
		"DynamoDBAttributeValue.List DynamoDBAttributeValue.Map DynamoDBAttributeValue.IsNull "+
		"NewStringAttribute NewNumberAttribute NewBooleanAttribute NewBinaryAttribute NewBinarySetAttribute "+
		"NewNumberSetAttribute NewStringSetAttribute NewListAttribute NewMapAttribute"),
	inert(lambdaEvents + ": NewNullAttribute DynamoDBAttributeValue.DataType"),
	copies(0, "github.com/samber/lo: ToPtr FromPtr FromPtrOr Must ToAnySlice Uniq Compact Values Keys Entries"),
	copies(0, "k8s.io/utils/ptr: To Deref"),
	copies(0, "github.com/AlekSi/pointer: To Get ToString ToInt ToInt64 ToBool GetString GetInt GetInt64 GetBool"),
	copies(0, "github.com/go-openapi/swag: String StringValue Bool BoolValue Int IntValue Int32 Int32Value Int64 Int64Value "+
		"Float64 Float64Value Time TimeValue"),
	copies(0, "go.openly.dev/pointy: Pointer PointerValue"),

	// Encodings.
	copies(0, "encoding/json: Marshal MarshalIndent NewDecoder Number.String Number.Int64 Number.Float64 RawMessage.MarshalJSON"),
	decodes(0, 1, "encoding/json: Unmarshal *Decoder.Decode"),
	decodes(1, 0, "encoding/json: *RawMessage.UnmarshalJSON"),
	inert("encoding/json: Valid"),
	copies(0, "encoding/xml: Marshal MarshalIndent NewDecoder"),
	decodes(0, 1, "encoding/xml: Unmarshal *Decoder.Decode"),
	copies(0, "encoding/gob: NewDecoder"),
	decodes(0, 1, "encoding/gob: *Decoder.Decode"),
	copies(1, "encoding/base64: *Encoding.EncodeToString *Encoding.DecodeString"),
	copies(0, "encoding/hex: EncodeToString DecodeString"),
	copies(0, "crypto/sha256: Sum256 Sum224"),
	copies(0, "crypto/sha512: Sum512"),
	copies(0, "crypto/sha1: Sum"),
	copies(0, "crypto/md5: Sum"),
	copies(0, "github.com/goccy/go-json: Marshal MarshalIndent NewDecoder"),
	decodes(0, 1, "github.com/goccy/go-json: Unmarshal *Decoder.Decode"),
	copies(0, "github.com/json-iterator/go: Marshal MarshalToString"),
	decodes(0, 1, "github.com/json-iterator/go: Unmarshal UnmarshalFromString"),
	copies(0, "github.com/bytedance/sonic: Marshal MarshalString"),
	decodes(0, 1, "github.com/bytedance/sonic: Unmarshal UnmarshalString"),
	copies(0, "gopkg.in/yaml.v3: Marshal"),
	decodes(0, 1, "gopkg.in/yaml.v3: Unmarshal"),
	copies(0, "github.com/vmihailenco/msgpack/v5: Marshal"),
	decodes(0, 1, "github.com/vmihailenco/msgpack/v5: Unmarshal"),
	copies(0, "google.golang.org/protobuf/proto: Marshal Clone"),
	decodes(0, 1, "google.golang.org/protobuf/proto: Unmarshal"),
	decodes(1, 0, "google.golang.org/protobuf/proto: Merge"),
	copies(0, "google.golang.org/protobuf/encoding/protojson: Marshal Format"),
	decodes(0, 1, "google.golang.org/protobuf/encoding/protojson: Unmarshal"),
	copies(0, "github.com/golang/protobuf/proto: Marshal Clone String Int32 Int64 Bool"),
	decodes(0, 1, "github.com/golang/protobuf/proto: Unmarshal"),
	decodes(0, 1, "github.com/mitchellh/mapstructure: Decode WeakDecode"),
	decodes(0, 1, "github.com/go-viper/mapstructure/v2: Decode WeakDecode"),
	decodes(1, 0, "github.com/jinzhu/copier: Copy CopyWithOption"),
	decodes(1, 0, "dario.cat/mergo: Merge MergeWithOverwrite Map"),
	decodes(1, 0, "github.com/imdario/mergo: Merge MergeWithOverwrite Map"),

	// Requests, decoded by web frameworks.
	decodes(0, 1, "github.com/gin-gonic/gin: *Context.Bind *Context.BindJSON *Context.ShouldBind *Context.ShouldBindJSON "+
		"*Context.ShouldBindQuery *Context.ShouldBindUri *Context.BindQuery *Context.BindUri"),
	decodes(0, 1, "github.com/gofiber/fiber/v2: *Ctx.BodyParser *Ctx.QueryParser *Ctx.ParamsParser"),
	decodes(Receiver, 0, "github.com/labstack/echo/v4: Context.Bind"),

	// Text, numbers, collections.
	copies(0, "strconv: Itoa Atoi FormatInt FormatUint FormatFloat FormatBool ParseInt ParseUint ParseFloat ParseBool Quote Unquote"),
	copies(0, "strings: Clone TrimSpace ToLower ToUpper ToTitle NewReader *Builder.String *Reader.ReadByte"),
	decodes(1, 0, "strings: *Builder.WriteString *Builder.Write *Builder.WriteByte *Builder.WriteRune"),
	copies(0, "bytes: Clone TrimSpace ToLower ToUpper NewReader NewBuffer NewBufferString *Buffer.Bytes *Buffer.String"),
	decodes(1, 0, "bytes: *Buffer.Write *Buffer.WriteString *Buffer.WriteByte *Buffer.WriteRune"),
	copies(0, "io: ReadAll NopCloser"),
	decodes(0, 1, "io: ReadFull ReadAtLeast"),
	copies(0, "fmt: Sprint Sprintln"),
	copies(0, "slices: Clone Clip Grow Sorted Collect Values All Compact"),
	copies(0, "maps: Clone Collect Keys Values All"),
	decodes(1, 0, "maps: Copy Insert"),
	inert("slices: Sort SortFunc SortStableFunc Reverse"),
	inert("sort: Sort Stable Slice SliceStable Strings Ints Float64s"),
	copies(0, "errors: Unwrap"),
	decodes(0, 1, "errors: As"),
	copies(Receiver, "builtin: error.Error"),
	copies(Receiver, "fmt: Stringer.String"),
	copies(0, "reflect: ValueOf Indirect Value.Interface Value.Elem Value.Int Value.Uint Value.Float Value.Bool"),

	// Time and identity of values.
	copies(0, "time: Time.Format Time.String Time.UTC Time.Local Time.In Time.Unix Time.UnixMilli Time.UnixMicro Time.UnixNano "+
		"Time.Truncate Time.Round Time.MarshalJSON Time.MarshalText Time.GoString Unix UnixMilli UnixMicro ParseDuration "+
		"Duration.String Duration.Seconds Duration.Milliseconds Duration.Minutes Duration.Hours Duration.Nanoseconds "+
		"Duration.Microseconds"),
	copies(1, "time: Parse ParseInLocation Time.AppendFormat"),
	copies(0, "github.com/google/uuid: Parse MustParse ParseBytes FromBytes Must UUID.String UUID.MarshalText UUID.MarshalBinary"),
	copies(1, "github.com/google/uuid: NewSHA1 NewMD5"),
	copies(0, "github.com/gofrs/uuid: Must FromString FromStringOrNil FromBytes UUID.String UUID.Bytes"),
	copies(0, "github.com/oklog/ulid/v2: Parse ParseStrict MustParse ULID.String"),
	copies(0, "github.com/shopspring/decimal: NewFromInt NewFromInt32 NewFromFloat NewFromString RequireFromString NewFromBigInt "+
		"Decimal.String Decimal.IntPart Decimal.InexactFloat64 Decimal.Float64 Decimal.BigInt"),

	// New on every call.
	fresh("time: Now Since Until"),
	fresh("math/rand: Int Intn Int31 Int31n Int63 Int63n Uint32 Uint64 Float32 Float64 NormFloat64 ExpFloat64 Perm " +
		"*Rand.Int *Rand.Intn *Rand.Int31 *Rand.Int31n *Rand.Int63 *Rand.Int63n *Rand.Uint32 *Rand.Uint64 *Rand.Float32 *Rand.Float64 *Rand.Perm"),
	fresh("math/rand/v2: Int IntN Int32 Int32N Int64 Int64N Uint UintN Uint32 Uint32N Uint64 Uint64N Float32 Float64 N Perm NormFloat64 " +
		"ExpFloat64 *Rand.Int *Rand.IntN *Rand.Int32N *Rand.Int64 *Rand.Int64N *Rand.Uint64 *Rand.Float64"),
	fresh("crypto/rand: Int Prime Text"),
	fills(0, "crypto/rand: Read"),
	fills(0, "math/rand: Read"),
	fills(1, "math/rand: *Rand.Read"),
	fresh("github.com/google/uuid: New NewString NewRandom NewRandomFromReader NewUUID NewV6 NewV7 NewV7FromReader"),
	fresh("github.com/gofrs/uuid: NewV1 NewV4 NewV6 NewV7"),
	fresh("github.com/gofrs/uuid/v5: NewV1 NewV4 NewV6 NewV7"),
	fresh("github.com/satori/go.uuid: NewV1 NewV4"),
	fresh("github.com/hashicorp/go-uuid: GenerateUUID GenerateRandomBytes"),
	fresh("github.com/pborman/uuid: New NewRandom NewUUID"),
	fresh("github.com/oklog/ulid: Make New MustNew Now"),
	fresh("github.com/oklog/ulid/v2: Make New MustNew MustNewDefault Now"),
	fresh("github.com/segmentio/ksuid: New NewRandom NewRandomWithTime"),
	fresh("github.com/rs/xid: New NewWithTime"),
	fresh("github.com/matoous/go-nanoid: Nanoid ID Generate"),
	fresh("github.com/matoous/go-nanoid/v2: New Must Generate MustGenerate"),
	fresh("github.com/jaevor/go-nanoid: Standard Canonic"),
	fresh("github.com/lithammer/shortuuid: New"),
	fresh("github.com/lithammer/shortuuid/v3: New"),
	fresh("github.com/lithammer/shortuuid/v4: New"),
	fresh("github.com/teris-io/shortid: Generate MustGenerate"),
	fresh("github.com/bwmarrin/snowflake: *Node.Generate"),
	fresh("github.com/nrednav/cuid2: Generate"),
	fresh("github.com/lucsky/cuid: New Slug"),
	fresh("go.mongodb.org/mongo-driver/bson/primitive: NewObjectID"),
	fresh("go.jetify.com/typeid: WithPrefix Must"),
	fresh("github.com/sony/sonyflake: *Sonyflake.NextID"),
	fresh("github.com/nats-io/nuid: Next"),
	fresh("github.com/dchest/uniuri: New NewLen NewLenChars"),
	fresh("github.com/thanhpk/randstr: String Hex Base64 Base62 Bytes"),
	fresh("github.com/aidarkhanov/nanoid: New Generate Format"),
	fresh("github.com/gofiber/utils: UUID UUIDv4"),
	fresh("github.com/gofiber/utils/v2: UUID UUIDv4"),
	fresh("k8s.io/apimachinery/pkg/util/rand: String"),
	fresh("k8s.io/apimachinery/pkg/util/uuid: NewUUID"),
	fresh("github.com/aws/smithy-go/rand: *UUID.GetUUID"),

	// Text with verbs.
	formats(0, "fmt: Sprintf Errorf"),
	formats(1, "fmt: Appendf"),
	formats(0, "github.com/pkg/errors: Errorf"),
	formats(1, "github.com/pkg/errors: Wrapf WithMessagef"),
	copies(0, "github.com/pkg/errors: Wrap WithMessage WithStack Cause Unwrap"),
	decodes(0, 1, "github.com/pkg/errors: As"),

	// Functions that call the function they are given.
	calls(0, "sync: OnceFunc OnceValue OnceValues"),
	calls(1, "sync: *Once.Do *WaitGroup.Go"),
	calls(1, "golang.org/x/sync/errgroup: *Group.Go *Group.TryGo"),
	calls(2, "golang.org/x/sync/singleflight: *Group.Do *Group.DoChan"),
	calls(0, "github.com/cenkalti/backoff: Retry RetryNotify"),
	calls(0, "github.com/cenkalti/backoff/v3: Retry RetryNotify"),
	calls(0, "github.com/cenkalti/backoff/v4: Retry RetryNotify RetryWithData RetryNotifyWithData"),
	calls(1, "github.com/cenkalti/backoff/v5: Retry"),
	calls(0, "github.com/avast/retry-go: Do"),
	calls(0, "github.com/avast/retry-go/v3: Do"),
	calls(0, "github.com/avast/retry-go/v4: Do DoWithData"),
	calls(2, "github.com/sethvargo/go-retry: Do"),

	// Nothing that matters.
	inert("fmt: Print Printf Println Fprint Fprintf Fprintln"),
	inert("time: Sleep After AfterFunc NewTimer NewTicker Tick LoadLocation *Timer.Stop *Timer.Reset *Ticker.Stop *Ticker.Reset"),
	inert("sync: *Mutex.Lock *Mutex.Unlock *Mutex.TryLock *RWMutex.Lock *RWMutex.Unlock *RWMutex.RLock *RWMutex.RUnlock " +
		"*WaitGroup.Add *WaitGroup.Done *WaitGroup.Wait Locker.Lock Locker.Unlock"),
	inert("os: Exit Getpid Hostname"),
	inert("github.com/aws/aws-sdk-go-v2/service/dynamodb: *QueryPaginator.HasMorePages *ScanPaginator.HasMorePages " +
		"*BatchGetItemPaginator.HasMorePages"),
}

// inertPackages are the packages, with all below them, of which nothing matters: contexts, logs, metrics, traces, tests.
var inertPackages = []string{
	"context",
	"golang.org/x/net/context",
	"log",
	"testing",
	"expvar",
	"runtime",
	"os/signal",
	"go.uber.org/zap",
	"github.com/rs/zerolog",
	"github.com/sirupsen/logrus",
	"github.com/ipfs/go-log",
	"github.com/Clever/kayvee-go",
	"go.uber.org/mock",
	"github.com/golang/mock",
	"github.com/onsi/gomega",
	"github.com/onsi/ginkgo",
	"github.com/go-kit/log",
	"github.com/go-kit/kit/log",
	"github.com/go-logr/logr",
	"github.com/golang/glog",
	"k8s.io/klog",
	"github.com/hashicorp/go-hclog",
	"github.com/apex/log",
	"github.com/charmbracelet/log",
	"github.com/inconshreveable/log15",
	"github.com/fatih/color",
	"github.com/prometheus/client_golang",
	"github.com/DataDog/datadog-go",
	"github.com/DataDog/dd-trace-go",
	"gopkg.in/DataDog/dd-trace-go.v1",
	"github.com/armon/go-metrics",
	"github.com/rcrowley/go-metrics",
	"github.com/uber-go/tally",
	"go.opentelemetry.io/otel",
	"go.opentelemetry.io/contrib",
	"go.opencensus.io",
	"github.com/opentracing/opentracing-go",
	"github.com/aws/aws-xray-sdk-go",
	"github.com/getsentry/sentry-go",
	"github.com/newrelic/go-agent",
	"github.com/honeycombio/beeline-go",
	"github.com/stretchr/testify",
	"github.com/davecgh/go-spew",
}

// scalars are the types for which both SDKs have pointer helpers.
var scalars = strings.Fields("Bool Float32 Float64 Int Int8 Int16 Int32 Int64 String Time Uint Uint8 Uint16 Uint32 Uint64")

// pointersV2 returns the names of the pointer helpers of SDK v2, which smithy-go has as well: String, StringMap,
// StringSlice, ToString, ToStringMap, ToStringSlice and so on.
func pointersV2() string {
	var names []string
	for _, typ := range append([]string{"Byte", "Duration"}, scalars...) {
		for _, shape := range []string{"", "Map", "Slice"} {
			names = append(names, typ+shape, "To"+typ+shape)
		}
	}
	return strings.Join(names, " ")
}

// pointersV1 returns the names of the pointer helpers of SDK v1: String, StringValue, StringValueMap and so on.
func pointersV1() string {
	names := []string{"MillisecondsTimeValue", "SecondsTimeValue", "TimeUnixMilli"}
	for _, typ := range scalars {
		for _, shape := range []string{"", "Map", "Slice"} {
			names = append(names, typ+shape, typ+"Value"+shape)
		}
	}
	return strings.Join(names, " ")
}
