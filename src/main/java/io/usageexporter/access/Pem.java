package io.usageexporter.access;

import io.usageexporter.config.InvalidValueException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** Reads certificates and private keys, as OpenSSL and certificate authorities write them. No message shows a key. */
final class Pem {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*+)-----END \\1-----");
    private static final byte[] VERSION_0 = {2, 1, 0};
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 4;
    private static final int LONG_FORM = 0x80;

    private Pem() {}

    /** @param base64 the content */
    private record Block(String type, String base64) {
        byte[] content() throws InvalidValueException {
            try {
                return Base64.getMimeDecoder().decode(base64);
            } catch (IllegalArgumentException e) {
                throw new InvalidValueException("has a PEM block that is not Base64");
            }
        }
    }

    private static List<Block> blocks(String text) {
        return BLOCK.matcher(text)
                .results()
                .map(found -> new Block(found.group(1), found.group(2)))
                .toList();
    }

    /** All certificates, at least one. */
    static List<X509Certificate> certificates(String text) throws InvalidValueException {
        var certificates = new ArrayList<X509Certificate>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks(text)) {
                if (block.type().equals("CERTIFICATE")) {
                    certificates.add(
                            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.content())));
                }
            }
        } catch (GeneralSecurityException e) {
            throw new InvalidValueException("has a certificate that cannot be read");
        }
        if (certificates.isEmpty()) {
            throw new InvalidValueException(
                    "must contain a certificate, which begins with -----BEGIN CERTIFICATE-----");
        }
        return certificates;
    }

    /** The private key of a certificate. */
    static PrivateKey privateKey(String text, X509Certificate certificate) throws InvalidValueException {
        for (Block block : blocks(text)) {
            if (block.type().equals("ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")) {
                throw new InvalidValueException(
                        "is an encrypted key, which cannot be unlocked at the start; store it without a passphrase");
            }
            if (block.type().endsWith("PRIVATE KEY")) {
                return privateKey(block, certificate);
            }
        }
        throw new InvalidValueException("must contain a private key, which begins with -----BEGIN PRIVATE KEY-----");
    }

    private static PrivateKey privateKey(Block block, X509Certificate certificate) throws InvalidValueException {
        String algorithm = certificate.getPublicKey().getAlgorithm();
        try {
            byte[] pkcs8 = block.type().equals("PRIVATE KEY")
                    ? block.content()
                    : pkcs8(block.content(), certificate.getPublicKey().getEncoded());
            PrivateKey key = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            if (isPair(key, certificate, algorithm)) {
                return key;
            }
        } catch (GeneralSecurityException | IndexOutOfBoundsException e) {
            // Reported below: a key of another kind, or none at all.
        }
        throw new InvalidValueException(
                "is not the private key of the certificate, whose key is of the kind " + algorithm);
    }

    /**
     * The modern form of the older ones that are named after an algorithm.
     *
     * @param publicKey whose description of the algorithm, the first part of it, is that of the private key
     */
    private static byte[] pkcs8(byte[] key, byte[] publicKey) {
        int start = content(publicKey, 0);
        int end = content(publicKey, start) + length(publicKey, start);
        return der(SEQUENCE, join(VERSION_0, Arrays.copyOfRange(publicKey, start, end), der(OCTET_STRING, key)));
    }

    /** Where the content of the value at an index begins. */
    private static int content(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return at + 2 + (first < LONG_FORM ? 0 : first - LONG_FORM);
    }

    private static int length(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        if (first < LONG_FORM) {
            return first;
        }
        int length = 0;
        for (int i = at + 2; i < content(der, at); i++) {
            length = (length << 8) | (der[i] & 0xff);
        }
        return length;
    }

    private static byte[] der(int tag, byte[] content) {
        int length = content.length;
        byte[] head;
        if (length < LONG_FORM) {
            head = new byte[] {(byte) tag, (byte) length};
        } else if (length <= 0xff) {
            head = new byte[] {(byte) tag, (byte) (LONG_FORM + 1), (byte) length};
        } else {
            head = new byte[] {(byte) tag, (byte) (LONG_FORM + 2), (byte) (length >> 8), (byte) length};
        }
        return join(head, content);
    }

    private static byte[] join(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static boolean isPair(PrivateKey key, X509Certificate certificate, String algorithm)
            throws GeneralSecurityException {
        String signatures = switch (algorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> algorithm; // EdDSA
        };
        byte[] text = {1};
        Signature signature = Signature.getInstance(signatures);
        signature.initSign(key);
        signature.update(text);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(text);
        return signature.verify(signed);
    }
}
