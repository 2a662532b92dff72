import anyport.client.ApiClient;
import anyport.client.ApiException;
import anyport.client.api.DeclarationApi;
import anyport.client.api.IdentityApi;
import anyport.client.api.NotificationApi;
import anyport.client.api.PaymentApi;
import anyport.client.model.DeclarationContent;
import anyport.client.model.DeclarationWhole;
import anyport.client.model.EndpointState;
import anyport.client.model.FeeNoticeOut;
import anyport.client.model.FilingReceipt;
import anyport.client.model.NoticeState;
import anyport.client.model.WebhookEndpointIn;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The whole job of an ERP, with the client that was generated from the contract.
 *
 * <p>A token, a declaration, its fee, its release, and a webhook that tells of it and is verified.
 */
public final class Journey {
  private static final ObjectMapper JSON = ApiClient.createDefaultObjectMapper();
  private static final Set<String> DONE = Set.of("RELEASED", "CLOSED");
  private static final String URL = System.getenv("ANYPORT_URL").replaceAll("/$", "");

  /** A webhook as it came. */
  private record Heard(Headers headers, byte[] body) {}

  /** A question to Anyport. */
  private interface Look<T> {
    T look() throws Exception;
  }

  public static void main(String[] args) throws Exception {
    BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
    HttpServer receiver = receive(heard);

    ApiClient client = new ApiClient();
    client.updateBaseUri(URL);
    String bearer = token(client);
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + bearer));
    DeclarationApi declarations = new DeclarationApi(client);

    String secret = subscribe(client, "http://127.0.0.1:" + receiver.getAddress().getPort() + "/anyport");

    Path file = Path.of(System.getenv("ANYPORT_DECLARATION"));
    DeclarationContent content = JSON.readValue(Files.readString(file), DeclarationContent.class);
    FilingReceipt receipt = declarations.fileDeclaration(content, null);
    if (!receipt.getId().equals(declarations.fileDeclaration(content, null).getId())) {
      throw new AssertionError("the same declaration has one receipt");
    }
    System.out.println("filed " + receipt.getDeclNo() + " " + receipt.getStatus());

    if (receipt.getFeeNotice() != null) {
      PaymentApi payments = new PaymentApi(client);
      UUID notice = receipt.getFeeNotice().getId();
      payments.payFeeNotice(notice, null, null);
      FeeNoticeOut paid =
          until(() -> payments.getFeeNotice(notice, null), one -> one.getState() == NoticeState.PAID);
      System.out.println("paid " + paid.getLines().get(0).getCharged().getAmount());
    }

    until(() -> playOfficers(bearer, receipt.getId()), DONE::contains);
    DeclarationWhole released = declarations.getDeclaration(receipt.getId(), null);
    System.out.println("released " + released.getReleasedAt());

    TreeSet<String> told = new TreeSet<>();
    while (!told.contains("declaration.released")) {
      Heard one = heard.poll(30, TimeUnit.SECONDS);
      if (one == null) {
        throw new AssertionError("no webhook tells of the release, only of " + told);
      }
      verify(secret, one);
      JsonNode event = JSON.readTree(one.body());
      if (event.at("/data/id").asText().equals(receipt.getId().toString())) {
        told.add(event.get("type").asText());
      }
    }
    System.out.println("told of " + told);
    receiver.stop(0);
  }

  /** Client credentials of OAuth2, as `client_secret_basic`. */
  private static String token(ApiClient client) throws ApiException {
    String pair = System.getenv("ANYPORT_CLIENT_ID") + ":" + System.getenv("ANYPORT_CLIENT_SECRET");
    String proof = "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    Map<String, String> headers = Map.of("Authorization", proof);
    return new IdentityApi(client).getToken(null, null, null, "client_credentials", null, headers).getAccessToken();
  }

  /** Asks again, as long as the answer may still change. */
  private static <T> T until(Look<T> question, Predicate<T> isThere) throws Exception {
    Instant end = Instant.now().plusSeconds(60);
    while (true) {
      T found = question.look();
      if (isThere.test(found)) {
        return found;
      }
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("still " + found);
      }
      Thread.sleep(200);
    }
  }

  /** Registers an address, waits until it has answered its challenge, and returns the secret to verify with. */
  private static String subscribe(ApiClient client, String address) throws Exception {
    NotificationApi webhooks = new NotificationApi(client);
    var issued = webhooks.registerWebhookEndpoint(new WebhookEndpointIn().url(address), null);
    UUID endpoint = issued.getEndpoint().getId();
    webhooks.challengeWebhookEndpoint(endpoint, null, null);
    until(() -> webhooks.getWebhookEndpoint(endpoint, null), one -> one.getState() == EndpointState.ACTIVE);
    return issued.getSecret();
  }

  /** What an ERP has behind its webhook address: it answers the challenge and keeps what comes. */
  private static HttpServer receive(BlockingQueue<Heard> heard) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> answer(exchange, heard));
    server.start();
    return server;
  }

  private static void answer(HttpExchange exchange, BlockingQueue<Heard> heard) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    JsonNode event = JSON.readTree(body);
    byte[] answer = new byte[0];
    if (event.get("type").asText().equals("webhook.challenge")) {
      answer = JSON.writeValueAsBytes(Map.of("challenge", event.at("/data/challenge").asText()));
    } else {
      heard.add(new Heard(exchange.getRequestHeaders(), body));
    }
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  /** Standard Webhooks: HMAC-SHA256 over id, timestamp and body, at most five minutes old. */
  private static void verify(String secret, Heard heard) throws Exception {
    String id = heard.headers().getFirst("webhook-id");
    String timestamp = heard.headers().getFirst("webhook-timestamp");
    Duration age = Duration.between(Instant.ofEpochSecond(Long.parseLong(timestamp)), Instant.now());
    if (age.abs().compareTo(Duration.ofMinutes(5)) > 0) {
      throw new AssertionError("the webhook is " + age + " old");
    }
    byte[] key = Base64.getDecoder().decode(secret.substring("whsec_".length()));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
    String wanted = "v1," + Base64.getEncoder().encodeToString(mac.doFinal(heard.body()));
    for (String given : heard.headers().getFirst("webhook-signature").split(" ")) {
      if (MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), wanted.getBytes(StandardCharsets.UTF_8))) {
        return;
      }
    }
    throw new AssertionError("the signature of " + id + " is not right");
  }

  /** In test mode alone: whoever has the case does what is theirs to do. How far it came. */
  private static String playOfficers(String bearer, UUID declaration) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(URL + "/v1/test/declarations/" + declaration + "/play"))
            .header("Authorization", "Bearer " + bearer)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw new AssertionError(answer.body());
    }
    return JSON.readTree(answer.body()).get("status").asText();
  }

  private Journey() {}
}
