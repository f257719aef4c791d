import com.huaweicloud.sdk.core.http.HttpConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The authorities that are trusted: those of Java, and those of CONFORMANCE_CA_FILE where it is set. */
final class Trust {
    private static final X509TrustManager FURTHER = further(System.getenv("CONFORMANCE_CA_FILE"));

    private Trust() {
    }

    static void into(HttpConfig config) throws GeneralSecurityException {
        if (FURTHER == null) {
            return; // the default of the SDK
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {FURTHER}, null);
        config.withSSLSocketFactory(context.getSocketFactory()).withX509TrustManager(FURTHER);
    }

    private static X509TrustManager further(String file) {
        if (file == null || file.isEmpty()) {
            return null;
        }
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int n = 0;
            for (X509Certificate known : manager(null).getAcceptedIssuers()) {
                store.setCertificateEntry("java-" + n++, known);
            }
            for (Certificate more : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("file-" + n++, more);
            }
            return manager(store);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("CONFORMANCE_CA_FILE: wanted a file of certificates, in PEM", e);
        }
    }

    private static X509TrustManager manager(KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                return x509;
            }
        }
        throw new GeneralSecurityException("this Java has no trust manager for X.509");
    }
}
