import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.huaweicloud.sdk.core.auth.BasicCredentials;
import com.huaweicloud.sdk.core.http.HttpConfig;
import com.huaweicloud.sdk.ecs.v2.EcsClient;
import com.huaweicloud.sdk.ecs.v2.model.*;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import okhttp3.ConnectionPool;

/** One request: what the SDK is asked for, and what it gives. Setters are called for the parameters that are there, and for no others. */
final class Calls {
    private final EcsClient client;
    private final JsonNode request;
    private final JsonNode params;

    private Calls(EcsClient client, JsonNode request) {
        this.client = client;
        this.request = request;
        this.params = request.get("params");
    }

    /** Performs a request with a client of its own, whose connections are closed in the end. */
    static ObjectNode perform(JsonNode request) throws GeneralSecurityException {
        ConnectionPool connections = new ConnectionPool(); // the one that the SDK would make, but for being at hand
        HttpConfig config = HttpConfig.getDefaultHttpConfig().withConnectionPool(connections);
        long milliseconds = request.path("timeout_ms").asLong();
        if (milliseconds > 0) {
            int seconds = (int) Math.min(Integer.MAX_VALUE / 1000, (milliseconds + 999) / 1000); // the SDK has seconds only, and 0 is no limit to it
            config.withConnectionTimeout(seconds).withReadTimeout(seconds);
        }
        Trust.into(config);
        JsonNode keys = request.get("credentials");
        BasicCredentials credentials = new BasicCredentials().withProjectId(request.get("project_id").asText());
        text(keys, "access_key", credentials::withAk);
        text(keys, "secret_key", credentials::withSk);
        text(keys, "security_token", credentials::withSecurityToken);
        EcsClient client = EcsClient.newBuilder().withHttpConfig(config).withCredential(credentials)
                .withEndpoint(request.get("endpoint").asText()).build();
        try {
            return new Calls(client, request).call();
        } finally {
            connections.evictAll();
        }
    }

    private ObjectNode call() {
        String op = request.get("op").asText();
        return switch (op) {
            case "resizeServer" -> resizeServer();
            case "resizePostPaidServer" -> resizePostPaidServer();
            case "showJob" -> showJob();
            case "showServer" -> showServer();
            case "listResizeFlavors" -> listResizeFlavors();
            case "batchStartServers" -> startServers();
            case "batchStopServers" -> stopServers();
            default -> throw new IllegalStateException("not in the hello: " + op);
        };
    }

    private ObjectNode resizeServer() {
        ResizePrePaidServerOption resize = new ResizePrePaidServerOption();
        text("flavor_ref", resize::withFlavorRef);
        text("dedicated_host_id", resize::withDedicatedHostId);
        text("mode", resize::withMode);
        given("auto_pay", v -> resize.withExtendparam(new ResizeServerExtendParam().withIsAutoPay(String.valueOf(v.asBoolean()))));
        given("cpu_threads", v -> resize.withCpuOptions(threads(v)));
        ResizeServerRequestBody body = new ResizeServerRequestBody().withResize(resize);
        given("dry_run", v -> body.withDryRun(v.asBoolean()));
        ResizeServerRequest r = new ResizeServerRequest().withBody(body);
        text(request, "server_id", r::withServerId);
        ResizeServerResponse got = client.resizeServer(r);
        return object().put("job_id", got.getJobId()).put("order_id", got.getOrderId());
    }

    private ObjectNode resizePostPaidServer() {
        ResizePostPaidServerOption resize = new ResizePostPaidServerOption();
        text("flavor_ref", resize::withFlavorRef);
        text("mode", resize::withMode);
        given("cpu_threads", v -> resize.withCpuOptions(threads(v)));
        ResizePostPaidServerRequestBody body = new ResizePostPaidServerRequestBody().withResize(resize);
        given("dry_run", v -> body.withDryRun(v.asBoolean()));
        ResizePostPaidServerRequest r = new ResizePostPaidServerRequest().withBody(body);
        text(request, "server_id", r::withServerId);
        return object().put("job_id", client.resizePostPaidServer(r).getJobId());
    }

    private ObjectNode showJob() {
        ShowJobRequest r = new ShowJobRequest();
        text(request, "job_id", r::withJobId);
        ShowJobResponse got = client.showJob(r);
        ObjectNode job = object().put("id", got.getJobId()).put("type", got.getJobType()).put("error_code", got.getErrorCode())
                .put("fail_reason", got.getFailReason());
        job.put("status", got.getStatus() == null ? null : got.getStatus().getValue());
        if (got.getEntities() != null) {
            job.put("server_id", serverOf(got.getEntities()));
        }
        return object().set("job", job);
    }

    /** The first id of a server that a job shows, of its own or of its sub-jobs. */
    private static String serverOf(JobEntities entities) {
        if (entities.getServerId() != null || entities.getSubJobs() == null) {
            return entities.getServerId();
        }
        return entities.getSubJobs().stream().filter(sub -> sub != null && sub.getEntities() != null)
                .map(sub -> sub.getEntities().getServerId()).filter(id -> id != null).findFirst().orElse(null);
    }

    private ObjectNode showServer() {
        ShowServerRequest r = new ShowServerRequest();
        text(request, "server_id", r::withServerId);
        ServerDetail got = client.showServer(r).getServer();
        if (got == null) {
            return object();
        }
        ObjectNode server = object().put("id", got.getId()).put("name", got.getName()).put("status", got.getStatus())
                .put("task_state", got.getOsEXTSTSTaskState());
        if (got.getFlavor() != null) {
            server.put("flavor", got.getFlavor().getId());
        }
        return object().set("server", server);
    }

    private ObjectNode listResizeFlavors() {
        ListResizeFlavorsRequest r = new ListResizeFlavorsRequest();
        text("instance_uuid", r::withInstanceUuid);
        text("source_flavor_id", r::withSourceFlavorId);
        text("source_flavor_name", r::withSourceFlavorName);
        given("sort_key", v -> r.withSortKey(ListResizeFlavorsRequest.SortKeyEnum.fromValue(v.asText())));
        given("sort_dir", v -> r.withSortDir(ListResizeFlavorsRequest.SortDirEnum.fromValue(v.asText())));
        given("limit", v -> r.withLimit(v.asInt()));
        text("marker", r::withMarker);
        List<ListResizeFlavorsResult> got = client.listResizeFlavors(r).getFlavors();
        if (got == null) {
            return object();
        }
        ArrayNode flavors = JsonNodeFactory.instance.arrayNode();
        for (ListResizeFlavorsResult f : got) {
            if (f != null) {
                flavors.add(object().put("id", f.getId() == null ? "" : f.getId()).put("name", f.getName()).put("vcpus", f.getVcpus()).put("ram", f.getRam()));
            }
        }
        return object().set("flavors", flavors);
    }

    private ObjectNode startServers() {
        BatchStartServersRequestBody body = new BatchStartServersRequestBody().withOsStart(new BatchStartServersOption().withServers(servers()));
        return object().put("job_id", client.batchStartServers(new BatchStartServersRequest().withBody(body)).getJobId());
    }

    private ObjectNode stopServers() {
        BatchStopServersOption option = new BatchStopServersOption().withServers(servers());
        given("type", v -> option.withType(BatchStopServersOption.TypeEnum.fromValue(v.asText())));
        BatchStopServersRequestBody body = new BatchStopServersRequestBody().withOsStop(option);
        return object().put("job_id", client.batchStopServers(new BatchStopServersRequest().withBody(body)).getJobId());
    }

    private List<ServerId> servers() {
        List<ServerId> servers = new ArrayList<>();
        params.get("server_ids").forEach(id -> servers.add(new ServerId().withId(id.asText())));
        return servers;
    }

    /** fromValue takes what the SDK has no constant for as well; valueOf would not. */
    private static CpuOptions threads(JsonNode v) {
        return new CpuOptions().withHwCpuThreads(CpuOptions.HwCpuThreadsEnum.fromValue(v.asInt()));
    }

    private void given(String name, Consumer<JsonNode> setter) {
        if (params.has(name)) {
            setter.accept(params.get(name));
        }
    }

    private void text(String name, Function<String, ?> setter) {
        text(params, name, setter);
    }

    private static void text(JsonNode from, String name, Function<String, ?> setter) {
        if (from.has(name)) {
            setter.apply(from.get(name).asText());
        }
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
