import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.huaweicloud.sdk.core.exception.ConnectionException;
import com.huaweicloud.sdk.core.exception.RequestTimeoutException;
import com.huaweicloud.sdk.core.exception.SdkException;
import com.huaweicloud.sdk.core.exception.ServiceResponseException;

/** An error of the SDK, as the protocol has it. */
final class Told {
    private Told() {
    }

    static ObjectNode of(Throwable e) {
        ObjectNode error = JsonNodeFactory.instance.objectNode();
        error.put("kind", kind(e));
        if (e instanceof ServiceResponseException refused) {
            error.put("status", refused.getHttpStatusCode());
            error.put("code", refused.getErrorCode());
            error.put("message", refused.getErrorMsg());
            return error;
        }
        String cause = e.getCause() == null ? "" : ": " + e.getCause();
        error.put("message", e.getMessage() + cause);
        if (!(e instanceof SdkException)) {
            e.printStackTrace();
        }
        return error;
    }

    /** The kind that the class of an exception names. */
    private static String kind(Throwable e) {
        if (e instanceof ServiceResponseException) {
            return "api";
        }
        if (e instanceof RequestTimeoutException) {
            return "timeout";
        }
        if (e instanceof ConnectionException) {
            return "network";
        }
        if (e instanceof IllegalArgumentException) {
            return "validation";
        }
        return "other";
    }
}
