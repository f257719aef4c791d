import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The driver of huaweicloud-sdk-ecs: reads requests, writes responses. The protocol is in ../examples/README.md, what the SDK cannot be asked for in README.md. */
public final class Driver {
    private static final int IN_FLIGHT = 16;

    static final Map<String, List<String>> OPERATIONS = Map.of(
            "resizeServer", List.of("dedicated_host_id", "auto_pay", "mode", "cpu_threads", "dry_run"),
            "resizePostPaidServer", List.of("mode", "cpu_threads", "dry_run"),
            "showJob", List.of(),
            "showServer", List.of(),
            "listResizeFlavors",
                    List.of("instance_uuid", "source_flavor_id", "source_flavor_name", "sort_key", "sort_dir", "limit", "marker"),
            "batchStartServers", List.of("several"),
            "batchStopServers", List.of("type", "several"));

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final PrintStream PROTOCOL = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);

    private Driver() {
    }

    public static void main(String[] args) throws Exception {
        System.setOut(System.err); // whatever else writes to standard output: the protocol is alone there
        say(hello());
        ExecutorService pool = Executors.newFixedThreadPool(IN_FLIGHT);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonNode request = JSON.readTree(line);
            pool.execute(() -> say(answer(request)));
        }
        pool.shutdown();
        pool.awaitTermination(1, TimeUnit.HOURS);
        System.exit(0); // the SDK's threads would keep the program alive
    }

    private static ObjectNode hello() throws IOException {
        Properties pom = new Properties();
        try (InputStream in = Driver.class.getResourceAsStream("/META-INF/maven/com.huaweicloud.sdk/huaweicloud-sdk-ecs/pom.properties")) {
            pom.load(in);
        }
        ObjectNode hello = JSON.createObjectNode();
        hello.put("protocol", 1);
        hello.put("name", "huaweicloud-sdk-java");
        hello.put("version", pom.getProperty("version"));
        hello.set("operations", JSON.valueToTree(OPERATIONS));
        hello.set("credentials", JSON.valueToTree(List.of("access_key", "security_token")));
        hello.put("timeout", true);
        hello.put("in_flight", IN_FLIGHT);
        return hello;
    }

    private static ObjectNode answer(JsonNode request) {
        ObjectNode response = JSON.createObjectNode();
        response.set("id", request.get("id"));
        try {
            List<String> missing = missing(request);
            if (missing.isEmpty()) {
                response.set("result", Calls.perform(request));
            } else {
                response.set("error", JSON.valueToTree(Map.of("kind", "unsupported", "message", "no " + String.join(", ", missing))));
            }
        } catch (Throwable e) {
            response.set("error", Told.of(e));
        }
        return response;
    }

    /** What a request asks for that the SDK does not have. */
    private static List<String> missing(JsonNode request) {
        List<String> known = OPERATIONS.get(request.get("op").asText());
        if (known == null) {
            return List.of(request.get("op").asText());
        }
        List<String> missing = new ArrayList<>();
        request.get("params").fieldNames().forEachRemaining(name -> {
            if (!known.contains(name) && !name.equals("flavor_ref") && !name.equals("server_ids")) {
                missing.add(name);
            }
        });
        if (!request.get("credentials").has("access_key")) {
            missing.add("credentials other than an access key");
        }
        return missing;
    }

    private static synchronized void say(ObjectNode line) {
        PROTOCOL.print(line + "\n");
        PROTOCOL.flush();
    }
}
