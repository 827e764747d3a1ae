package dev.outrigger.agent.peer;

import dev.outrigger.agent.peer.PeerOptions.TlsFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A certificate authority by the JDK's keytool, so that the tests need no other tool. */
final class TestAuthority {
    private static final String PASSWORD = "changeit";

    private final Path directory;

    TestAuthority(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        keytool("ca", "-genkeypair", "-alias", "ca", "-keyalg", "EC", "-dname", "CN=ca", "-ext", "bc:c");
        keytool(
                "ca",
                "-exportcert",
                "-alias",
                "ca",
                "-rfc",
                "-file",
                file("ca.pem").toString());
    }

    /** A new key with a certificate for the loopback host, or another. */
    TlsFiles issue(String name, String subjectAlternativeName) throws IOException, GeneralSecurityException {
        keytool(name, "-genkeypair", "-alias", "leaf", "-keyalg", "EC", "-dname", "CN=" + name);
        Path request = file(name + ".csr");
        Path certificate = file(name + ".pem");
        keytool(name, "-certreq", "-alias", "leaf", "-file", request.toString());
        keytool(
                "ca",
                "-gencert",
                "-alias",
                "ca",
                "-rfc",
                "-infile",
                request.toString(),
                "-outfile",
                certificate.toString(),
                "-ext",
                "san=" + subjectAlternativeName);
        Path key = file(name + ".key");
        Files.writeString(key, privateKey(name));
        return new TlsFiles(certificate, key, file("ca.pem"));
    }

    TlsFiles issue(String name) throws IOException, GeneralSecurityException {
        return issue(name, "dns:localhost,ip:127.0.0.1");
    }

    /** Puts the contents of {@code from} where {@code to} is, each file at once as a rotation does. */
    static void copy(TlsFiles from, TlsFiles to) throws IOException {
        replace(from.certificate(), to.certificate());
        replace(from.key(), to.key());
        replace(from.authority(), to.authority());
    }

    static void replace(Path from, Path to) throws IOException {
        Path next = Files.createTempFile(to.getParent(), "next", "");
        Files.copy(from, next, StandardCopyOption.REPLACE_EXISTING);
        Files.move(next, to, StandardCopyOption.ATOMIC_MOVE);
    }

    private String privateKey(String name) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file(name + ".p12"))) {
            store.load(in, PASSWORD.toCharArray());
        }
        byte[] encoded = store.getKey("leaf", PASSWORD.toCharArray()).getEncoded();
        return "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(encoded)
                + "\n-----END PRIVATE KEY-----\n";
    }

    private void keytool(String store, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", file(store + ".p12").toString(), "-storetype", "PKCS12"));
        command.addAll(List.of("-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(command + ": " + output);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private Path file(String name) {
        return directory.resolve(name);
    }
}
