package dev.outrigger.examples.kv;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sorted map from text to text: a change makes a new one and shares all but the path to the change, so the
 * whole of it can be kept as it was for nothing. A balanced tree: the two sides of a node differ by one in height at most.
 */
final class SortedTexts {
    static final SortedTexts EMPTY = new SortedTexts(null, 0);

    /** Called for each entry, by rising key. */
    interface Visitor<E extends Exception> {
        void visit(String key, String value) throws E;
    }

    private record Node(
            String key,
            String value,
            @Nullable Node left,
            @Nullable Node right,
            int height) {}

    private final @Nullable Node root;
    private final long size;

    private SortedTexts(@Nullable Node root, long size) {
        this.root = root;
        this.size = size;
    }

    long size() {
        return size;
    }

    Optional<String> get(String key) {
        Node node = root;
        while (node != null) {
            int order = key.compareTo(node.key);
            if (order == 0) {
                return Optional.of(node.value);
            }
            node = order < 0 ? node.left : node.right;
        }
        return Optional.empty();
    }

    SortedTexts with(String key, String value) {
        return new SortedTexts(with(root, key, value), get(key).isPresent() ? size : size + 1);
    }

    SortedTexts without(String key) {
        return get(key).isPresent() ? new SortedTexts(without(root, key), size - 1) : this;
    }

    <E extends Exception> void forEach(Visitor<E> visitor) throws E {
        forEach(root, visitor);
    }

    private static <E extends Exception> void forEach(@Nullable Node node, Visitor<E> visitor) throws E {
        if (node != null) {
            forEach(node.left, visitor);
            visitor.visit(node.key, node.value);
            forEach(node.right, visitor);
        }
    }

    private static Node with(@Nullable Node node, String key, String value) {
        if (node == null) {
            return new Node(key, value, null, null, 1);
        }
        int order = key.compareTo(node.key);
        if (order == 0) {
            return new Node(key, value, node.left, node.right, node.height);
        }
        return order < 0
                ? balanced(node, with(node.left, key, value), node.right)
                : balanced(node, node.left, with(node.right, key, value));
    }

    private static @Nullable Node without(@Nullable Node node, String key) {
        if (node == null) {
            return null;
        }
        int order = key.compareTo(node.key);
        if (order < 0) {
            return balanced(node, without(node.left, key), node.right);
        }
        if (order > 0) {
            return balanced(node, node.left, without(node.right, key));
        }
        if (node.left == null || node.right == null) {
            return node.left == null ? node.right : node.left;
        }
        Node next = first(node.right);
        return balanced(next, node.left, without(node.right, next.key));
    }

    private static Node first(Node node) {
        Node first = node;
        while (first.left != null) {
            first = first.left;
        }
        return first;
    }

    /** The entry of {@code entry} over two sides that differ by two in height at most. */
    private static Node balanced(Node entry, @Nullable Node left, @Nullable Node right) {
        if (left != null && height(left) > height(right) + 1) {
            Node inner = left.right;
            return inner != null && height(inner) > height(left.left)
                    ? node(inner, node(left, left.left, inner.left), node(entry, inner.right, right))
                    : node(left, left.left, node(entry, inner, right));
        }
        if (right != null && height(right) > height(left) + 1) {
            Node inner = right.left;
            return inner != null && height(inner) > height(right.right)
                    ? node(inner, node(entry, left, inner.left), node(right, inner.right, right.right))
                    : node(right, node(entry, left, inner), right.right);
        }
        return node(entry, left, right);
    }

    private static Node node(Node entry, @Nullable Node left, @Nullable Node right) {
        return new Node(entry.key, entry.value, left, right, 1 + Math.max(height(left), height(right)));
    }

    private static int height(@Nullable Node node) {
        return node == null ? 0 : node.height;
    }

    /** Of the tree: some one and a half times the binary logarithm of the size at most. */
    int height() {
        return height(root);
    }
}
