package dev.outrigger.agent.peer;

import dev.outrigger.agent.peer.PeerOptions.TlsFiles;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SSLOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

/**
 * One consistent set of certificate, key and authority, known to be usable. Holds the bytes rather than the paths: two
 * sets are equal only when nothing in the files has changed.
 */
record TlsMaterial(Buffer certificate, Buffer key, Buffer authority) {
    /**
     * Reads the files. Blocks.
     *
     * @throws Exception when one cannot be read, or they cannot be used together: they may be in the middle of a change
     */
    static TlsMaterial load(TlsFiles files, Vertx vertx) throws Exception {
        TlsMaterial material = new TlsMaterial(read(files.certificate()), read(files.key()), read(files.authority()));
        material.trustOptions().getTrustManagerFactory(vertx);
        for (KeyManager manager :
                material.keyCertOptions().getKeyManagerFactory(vertx).getKeyManagers()) {
            checkKeyBelongsToCertificate((X509KeyManager) manager);
        }
        return material;
    }

    /** For the listening side: whoever connects must have a certificate too. */
    ServerSSLOptions serverOptions(int handshakeTimeoutMillis) {
        return with(handshakeTimeoutMillis, new ServerSSLOptions().setClientAuth(ClientAuth.REQUIRED));
    }

    /** For the connecting side: the certificate must be for the host that was dialled. */
    ClientSSLOptions clientOptions(int handshakeTimeoutMillis) {
        return with(handshakeTimeoutMillis, new ClientSSLOptions().setHostnameVerificationAlgorithm("HTTPS"));
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "TLS material";
    }

    private <T extends SSLOptions> T with(int handshakeTimeoutMillis, T options) {
        options.setKeyCertOptions(keyCertOptions())
                .setTrustOptions(trustOptions())
                .setSslHandshakeTimeout(handshakeTimeoutMillis)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        return options;
    }

    private PemKeyCertOptions keyCertOptions() {
        return new PemKeyCertOptions().setCertValue(certificate).setKeyValue(key);
    }

    private PemTrustOptions trustOptions() {
        return new PemTrustOptions().addCertValue(authority);
    }

    private static Buffer read(Path file) throws IOException {
        return Buffer.buffer(Files.readAllBytes(file));
    }

    /** A key store takes any pair; the handshake would fail later, and not say why. */
    private static void checkKeyBelongsToCertificate(X509KeyManager manager) throws GeneralSecurityException {
        for (String algorithm : new String[] {"RSA", "EC"}) {
            String[] aliases = manager.getServerAliases(algorithm, null);
            if (aliases != null) {
                PublicKey publicKey = manager.getCertificateChain(aliases[0])[0].getPublicKey();
                if (!belongTogether(manager.getPrivateKey(aliases[0]), publicKey)) {
                    throw new SignatureException("the key does not belong to the certificate");
                }
            }
        }
    }

    private static boolean belongTogether(PrivateKey privateKey, PublicKey publicKey) throws GeneralSecurityException {
        if (!privateKey.getAlgorithm().equals(publicKey.getAlgorithm())) {
            return false;
        }
        byte[] probe = {1, 2, 3};
        Signature signature = Signature.getInstance("SHA256with" + (isEc(privateKey) ? "ECDSA" : "RSA"));
        signature.initSign(privateKey);
        signature.update(probe);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(probe);
        return signature.verify(signed);
    }

    private static boolean isEc(PrivateKey key) {
        return key.getAlgorithm().equals("EC");
    }
}
